import { describe, expect, it } from 'vitest';
import { createControl } from './control';
import { createPace } from './pace';
import type { Checkpoint, TrainingEvent } from './protocol';
import { fakeBatches, FakeProgram, fakeRun } from './testing';

type Of<K extends TrainingEvent['kind']> = Extract<TrainingEvent, { kind: K }>;
const all = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K) =>
  events.filter((event): event is Of<K> => event.kind === kind);
const only = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K): Of<K> => {
  const found = all(events, kind);
  expect(found).toHaveLength(1);
  return found[0]!;
};
/** In order, several of a kind in a row told once: how often steps are told is a matter of time. */
const kinds = (events: readonly TrainingEvent[]) =>
  events.map(({ kind }) => kind).filter((kind, i, list) => kind !== list[i - 1]);
/** Curves and weights, without the times. */
const numbers = ({ state, history }: Checkpoint) => ({
  ...state,
  ...history,
  epochs: history.epochs.map(({ ms: _, ...report }) => report),
});

describe('a run', () => {
  it('tells its steps, then its epoch, and in the end the test', async () => {
    const events = await fakeRun({ epochs: 2 });
    expect(kinds(events)).toEqual(['started', 'steps', 'epoch', 'steps', 'epoch', 'finished']);
    const finished = only(events, 'finished');
    expect(finished.reason).toBe('completed');
    expect(finished.checkpoint.state.step).toBe(12);
    expect(finished.test?.confusion).toEqual([[150, 3]]);
    // 64, 64 and 22 examples with accuracies of a hundredth of that: (64² + 64² + 22²) / (100 · 150).
    expect(finished.test?.accuracy).toBeCloseTo(8676 / 15000, 12);
  });

  it('tells every step once, in order', async () => {
    const events = await fakeRun();
    const losses = all(events, 'steps').flatMap((event) => event.losses);
    expect(losses).toHaveLength(18);
    expect(losses).toEqual(only(events, 'finished').checkpoint.history.losses);
    expect(all(events, 'steps').at(-1)?.step).toBe(18);
  });

  it('reports means in which the last, smaller batch weighs less', async () => {
    const events = await fakeRun({ epochs: 1 });
    const { report, checkpoint } = only(events, 'epoch');
    const weights = [4, 4, 4, 4, 4, 3];
    const sum = checkpoint.history.losses.reduce((total, loss, i) => total + loss * weights[i]!, 0);
    expect(report.loss).toBeCloseTo(sum / 23, 12);
    // Two right of four, five times, and one of three.
    expect(report.accuracy).toBeCloseTo(11 / 23, 12);
    expect(report.valAccuracy).toBe(0.02);
    expect(checkpoint.history.epochs).toEqual([report]);
  });

  it('has no validation numbers without validation examples', async () => {
    const events = await fakeRun({ epochs: 1, batches: fakeBatches(0) });
    expect(only(events, 'epoch')).toMatchObject({ validation: null, report: { valLoss: null, valAccuracy: null } });
  });

  it('says how long a step takes and how long the rest will', async () => {
    const events = await fakeRun({ epochs: 2 });
    const [first, last] = [all(events, 'steps')[0]!, all(events, 'steps').at(-1)!];
    expect(first.msPerStep).toBe(10);
    expect(last.step).toBe(12);
    // One validation of 2 examples took 3 ms; one more of those, and 150 to test, are left.
    expect(last.msLeft).toBeCloseTo(152 * 1.5, 9);
  });

  it('ends as failed when the program throws, and nothing escapes', async () => {
    const program = new FakeProgram();
    program.step = () => {
      throw new Error('memory access out of bounds');
    };
    const events = await fakeRun({ program });
    expect(kinds(events)).toEqual(['started', 'failed']);
    expect(only(events, 'failed').problem).toMatchObject({ code: 'training.memory' });
    expect(only(events, 'failed').problem.message).toContain('smaller batch');
  });
});

describe('a run that goes on from a checkpoint', () => {
  it('gives the numbers of one that never stopped, from the middle of an epoch as from its end', async () => {
    const whole = only(await fakeRun(), 'finished').checkpoint;
    for (const at of [1, 4, 6, 9, 12, 17]) {
      const control = createControl();
      const program = new FakeProgram();
      const step = program.step.bind(program);
      let taken = 0;
      program.step = (batch, rate) => {
        step(batch, rate);
        taken += 1;
        if (taken === at) control.pause();
      };
      const paused = new Promise<Checkpoint>((resolve) => {
        void fakeRun({
          program,
          control,
          onEvent: (event) => {
            if (event.kind !== 'paused') return;
            control.abort();
            resolve(event.checkpoint);
          },
        });
      });
      const checkpoint = await paused;
      expect(checkpoint.state.step).toBe(at);
      const events = await fakeRun({ resume: checkpoint });
      expect(numbers(only(events, 'finished').checkpoint)).toEqual(numbers(whole));
      expect(all(events, 'steps').flatMap(({ losses }) => losses)).toEqual(whole.history.losses.slice(at));
      expect(only(events, 'started').step).toBe(at);
    }
  });

  it('hands out checkpoints within a long epoch, from which nothing is lost', async () => {
    const whole = only(await fakeRun(), 'finished').checkpoint;
    const time = { ms: 0 };
    const program = new FakeProgram(time);
    const step = program.step.bind(program);
    program.step = (batch, rate) => {
      step(batch, rate);
      time.ms += 2000;
    };
    const events = await fakeRun({ program, time });
    const kept = all(events, 'checkpoint').map(({ checkpoint }) => checkpoint);
    // Steps of 2 s and 3 s between checkpoints: after the second and fourth step of each epoch of six.
    expect(kept.map(({ state }) => state.step)).toEqual([2, 4, 8, 10, 14, 16]);
    for (const checkpoint of kept) {
      const rest = await fakeRun({ resume: checkpoint });
      expect(numbers(only(rest, 'finished').checkpoint)).toEqual(numbers(whole));
    }
  });

  it('trains on from the end when more epochs are wanted', async () => {
    const short = only(await fakeRun({ epochs: 1 }), 'finished').checkpoint;
    const longer = only(await fakeRun({ epochs: 3, resume: short }), 'finished').checkpoint;
    expect(numbers(longer)).toEqual(numbers(only(await fakeRun({ epochs: 3 }), 'finished').checkpoint));
  });
});

describe('steering', () => {
  it('pauses at the next step boundary, holds, and goes on', async () => {
    const control = createControl();
    const time = { ms: 0 };
    const program = new FakeProgram(time);
    const events: TrainingEvent[] = [];
    const run = fakeRun({ control, time, program, onEvent: (event) => events.push(event), onYield: () => yields() });
    let yielded = 0;
    const yields = () => {
      yielded += 1;
      if (yielded === 1) control.pause();
    };
    await new Promise((resolve) => setTimeout(resolve, 20));
    const held = program.log.filter((entry) => entry.startsWith('step')).length;
    // Messages are let in after 25 ms, which is three steps of 10.
    expect(held).toBe(3);
    expect(kinds(events)).toEqual(['started', 'steps', 'paused']);
    time.ms += 60_000;
    control.resume();
    await run;
    expect(kinds(events).slice(3, 4)).toEqual(['resumed']);
    expect(only(events, 'finished').checkpoint.state.step).toBe(18);
    // The pause counts neither for the epoch nor for the pace.
    expect(all(events, 'epoch')[0]!.report.ms).toBeLessThan(100);
    expect(only(events, 'finished').msPerStep).toBe(10);
  });

  it('stops with the test of what was learnt, and leaves the test out at the second stop', async () => {
    const control = createControl();
    let yielded = 0;
    const events = await fakeRun({ control, onYield: () => (yielded += 1) === 2 && control.stop() });
    const finished = only(events, 'finished');
    expect(finished.reason).toBe('stopped');
    expect(finished.checkpoint.state.step).toBe(6);
    expect(finished.test?.confusion).toEqual([[150, 3]]);

    const hasty = createControl();
    const aborted = await fakeRun({ control: hasty, onYield: () => (hasty.stop(), hasty.stop()) });
    expect(only(aborted, 'finished')).toMatchObject({ reason: 'stopped', test: null });
  });

  it('stops a paused run', async () => {
    const control = createControl();
    control.pause();
    const events = await fakeRun({ control, onEvent: ({ kind }) => kind === 'paused' && control.stop() });
    expect(kinds(events)).toEqual(['started', 'paused', 'finished']);
  });

  it('stops in the middle of a validation, which a resumed run makes up for', async () => {
    const control = createControl();
    const program = new FakeProgram();
    const evaluate = program.evaluate.bind(program);
    program.evaluate = (batches) => {
      control.stop();
      return evaluate(batches);
    };
    // A validation of three batches, so that there is a middle.
    const batches = { ...fakeBatches(), validation: fakeBatches().test };
    const stopped = await fakeRun({ control, program, batches, epochs: 1 });
    expect(kinds(stopped)).toEqual(['started', 'steps', 'finished']);
    const { checkpoint, reason } = only(stopped, 'finished');
    expect([reason, checkpoint.history.epochs.length]).toEqual(['stopped', 0]);
    const resumed = await fakeRun({ batches, epochs: 1, resume: checkpoint });
    expect(kinds(resumed)).toEqual(['started', 'epoch', 'finished']);
    const whole = only(await fakeRun({ batches, epochs: 1 }), 'finished').checkpoint;
    expect(numbers(only(resumed, 'finished').checkpoint)).toEqual(numbers(whole));
  });
});

describe('a divergence', () => {
  const whole = async () => only(await fakeRun(), 'finished').checkpoint;

  it('in a forward pass is found at its step, with the weights from before', async () => {
    const program = new FakeProgram(undefined, { step: 8, phase: 'forward' });
    const events = await fakeRun({ program });
    const diverged = only(events, 'diverged');
    expect(kinds(events).at(-1)).toBe('diverged');
    expect(diverged.step).toBe(9);
    expect(diverged.divergence).toEqual({ phase: 'forward', path: 'conv' });
    expect(diverged.checkpoint.state.step).toBe(8);
    expect(diverged.checkpoint.history.losses).toEqual((await whole()).history.losses.slice(0, 8));
    expect(program.log.at(-1)).toBe('diagnose 8');
  });

  it('in an update is laid to the step that made it, though its own loss was finite', async () => {
    for (const step of [0, 3, 5, 8, 17]) {
      const events = await fakeRun({ program: new FakeProgram(undefined, { step, phase: 'update' }) });
      const diverged = only(events, 'diverged');
      expect(kinds(events).at(-1)).toBe('diverged');
      expect([diverged.step, diverged.divergence.phase]).toEqual([step + 1, 'update']);
      expect(diverged.checkpoint.state.step).toBe(step);
      expect(Number.isFinite(diverged.checkpoint.state.weights['conv/kernel']?.[0])).toBe(true);
    }
  });

  it('leaves a checkpoint that goes on as an undisturbed run would', async () => {
    for (const phase of ['forward', 'update'] as const) {
      const events = await fakeRun({ program: new FakeProgram(undefined, { step: 10, phase }) });
      const resumed = await fakeRun({ resume: only(events, 'diverged').checkpoint });
      expect(numbers(only(resumed, 'finished').checkpoint)).toEqual(numbers(await whole()));
    }
  });

  it('is found among many steps that were read together', async () => {
    const time = { ms: 0 };
    const program = new FakeProgram(time, { step: 45, phase: 'update' }, 1);
    const events = await fakeRun({ time, program, epochs: 20, batches: { ...fakeBatches(), stepsPerEpoch: 60 } });
    expect(only(events, 'diverged').step).toBe(46);
    expect(program.log.filter((entry) => entry === 'step 45')).toHaveLength(1);
  });

  it('is told in words, with ways out', async () => {
    const events = await fakeRun({ program: new FakeProgram(undefined, { step: 8, phase: 'forward' }) });
    const { message, fixes } = only(events, 'diverged').problem;
    expect(message).toMatch(
      /^In step 9 numbers grew beyond all bounds, first in the forward pass, in the output of layer “conv1”\. The loss before it was [\d.]+\./,
    );
    expect(message).toContain('a learning rate of 0.0001 instead of 0.001');
    expect(fixes?.map(({ params }) => params)).toEqual([{ learningRate: 0.0001 }, { clipNorm: 1 }]);
  });
});

describe('the pace', () => {
  it('reads about every tenth of a second, and gets there by doubling', () => {
    const pace = createPace();
    const intervals = [pace.interval];
    for (let i = 0; i < 6; i += 1) {
      pace.add(5 * pace.interval, pace.interval);
      intervals.push(pace.interval);
    }
    expect(intervals).toEqual([1, 2, 4, 8, 16, 20, 20]);
    expect(pace.due(100, 1)).toBe(true);
    expect(pace.due(99, 19)).toBe(false);
  });

  it('takes the median, which a slow first step does not move', () => {
    const pace = createPace();
    for (const ms of [900, 10, 11, 12]) pace.add(ms, 1);
    expect(pace.msPerStep).toBe(11.5);
  });
});
