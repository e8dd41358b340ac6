import { describe, expect, it } from 'vitest';
import { ok } from '@/core/result';
import { nodeSurroundings } from '@/engine/backends/node';
import { createProgram } from '@/engine/createProgram';
import type { Program } from '@/engine/program';
import { networks, planOf } from '@/engine/testing/plans';
import { assembleRun } from './assemble';
import { noMemory } from './choiceMemory';
import { createControl } from './control';
import { plainFiles } from './fetchFile';
import type { BackendName, TrainingEvent, TrainingJob } from './protocol';
import { runTraining, type RunDeps } from './run';
import { FakeProgram, fakeRun } from './testing';

type Of<K extends TrainingEvent['kind']> = Extract<TrainingEvent, { kind: K }>;
const all = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K) =>
  events.filter((event): event is Of<K> => event.kind === kind);
const only = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K): Of<K> => {
  const found = all(events, kind);
  expect(found, kind).toHaveLength(1);
  return found[0]!;
};
const lossesTold = (events: readonly TrainingEvent[]) => all(events, 'steps').flatMap(({ losses }) => losses);
/** How many steps each event says were taken: that of its last loss. */
const stepsTold = (events: readonly TrainingEvent[]) => {
  let before = 0;
  for (const { step, losses } of all(events, 'steps')) {
    expect(step).toBe(before + losses.length);
    before = step;
  }
  return before;
};

/** A program that throws or gives NaN from its step k on, counted from 0 as it is called. */
function failing(program: Program, at: number, fault: 'throws' | 'NaN'): Program {
  let taken = 0;
  const read = program.read.bind(program);
  const step = program.step.bind(program);
  return Object.assign(Object.create(program) as Program, {
    step: (...given: Parameters<Program['step']>) => {
      if (fault === 'throws' && taken === at) throw new Error('WebGL context lost');
      taken += 1;
      step(...given);
    },
    read: async () => {
      const reports = await read();
      const first = taken - reports.length;
      return reports.map((report, i) => (fault === 'NaN' && first + i >= at ? { ...report, loss: NaN } : report));
    },
  });
}

describe('a run whose backend fails', () => {
  const whole = async () => only(await fakeRun(), 'finished').checkpoint;
  const bare = ({ state, history }: Of<'finished'>['checkpoint']) => ({
    ...state,
    losses: history.losses,
    epochs: history.epochs.map(({ ms: _, ...report }) => report),
  });

  it('goes on with the next one: the same steps, each told once, the same end', async () => {
    for (const at of [0, 1, 5, 6, 7, 13, 17]) {
      const events = await fakeRun({
        program: failing(new FakeProgram(), at, 'throws'),
        spare: [new FakeProgram(undefined, null, 10, 'second')],
      });
      expect(bare(only(events, 'finished').checkpoint), `step ${at}`).toEqual(bare(await whole()));
      expect(lossesTold(events)).toEqual((await whole()).history.losses);
      expect(stepsTold(events)).toBe(18);
      expect(all(events, 'epoch').map(({ report }) => report.epoch)).toEqual([1, 2, 3]);
      expect(all(events, 'started')).toHaveLength(1);
      const { move } = only(events, 'moved');
      // From the last epoch's checkpoint: an epoch has six steps.
      expect(move).toMatchObject({ from: 'fake', to: 'second', step: 6 * Math.floor(at / 6) });
      expect(move.problem).toMatchObject({ severity: 'warning', code: 'training.lost' });
    }
  });

  it('says what was lost and where it goes on', async () => {
    const events = await fakeRun({ program: failing(new FakeProgram(), 5, 'throws'), spare: [new FakeProgram()] });
    // Three of the five had been read; nothing was kept in the first epoch.
    expect(only(events, 'moved').move.problem.message).toBe(
      'fake lost the graphics card after step 3 (WebGL context lost). The run goes on with fake. ' +
        'Steps 1 to 3 are taken again there.',
    );
  });

  it('survives a loss in an evaluation, in the test and in taking the state off the device', async () => {
    const faults: readonly ((program: FakeProgram) => void)[] = [
      (program) => {
        program.evaluate = () => Promise.reject(new Error('device lost'));
      },
      (program) => {
        const evaluate = program.evaluate.bind(program);
        let calls = 0;
        // Three validations, then the test.
        program.evaluate = (batches) =>
          (calls += 1) > 3 ? Promise.reject(new Error('device lost')) : evaluate(batches);
      },
      (program) => {
        program.state = () => Promise.reject(new Error('device lost'));
      },
    ];
    for (const fault of faults) {
      const program = new FakeProgram();
      fault(program);
      const events = await fakeRun({ program, spare: [new FakeProgram()] });
      expect(bare(only(events, 'finished').checkpoint)).toEqual(bare(await whole()));
      expect(lossesTold(events)).toEqual((await whole()).history.losses);
      expect(all(events, 'epoch').map(({ report }) => report.epoch)).toEqual([1, 2, 3]);
    }
  });

  it('leaves one backend after another, frees each, and fails with its own reason when none is left', async () => {
    const first = new FakeProgram();
    const second = new FakeProgram(undefined, null, 10, 'second');
    const events = await fakeRun({
      program: failing(first, 4, 'throws'),
      spare: [failing(second, 2, 'throws')],
    });
    expect(all(events, 'moved').map(({ move }) => move.to)).toEqual(['second']);
    expect(only(events, 'failed').problem).toMatchObject({ code: 'training.lost', got: 'WebGL context lost' });
    expect([first.log.at(-1), second.log.at(-1)]).toEqual(['dispose', 'dispose']);
    // What was told stays told, and no step twice.
    expect(lossesTold(events)).toEqual((await whole()).history.losses.slice(0, lossesTold(events).length));
  });

  it('can be paused and stopped while another backend catches up; the checkpoint is where its weights are', async () => {
    const time = { ms: 0 };
    const control = createControl();
    let moved = false;
    let stopAt = -1;
    const spare = new FakeProgram(time, null, 30, 'second');
    const events = await fakeRun({
      time,
      control,
      program: failing(new FakeProgram(time), 5, 'throws'),
      spare: [spare],
      onEvent: (event) => {
        moved ||= event.kind === 'moved';
        if (event.kind === 'preparing' && event.what.startsWith('Catching up')) control.pause();
        if (event.kind === 'paused') {
          stopAt = event.checkpoint.state.step;
          expect(event.checkpoint.history.losses).toHaveLength(stopAt);
          control.stop();
        }
      },
      // Messages come in after 25 ms, so after each of its steps.
      onYield: () => moved && control.pause(),
    });
    const { checkpoint, reason } = only(events, 'finished');
    expect(reason).toBe('stopped');
    expect(stopAt).toBeLessThan(5);
    expect(checkpoint.state.step).toBe(stopAt);
    expect(checkpoint.history.losses).toEqual((await whole()).history.losses.slice(0, stopAt));
    const rest = await fakeRun({ resume: checkpoint });
    expect(bare(only(rest, 'finished').checkpoint)).toEqual(bare(await whole()));
  });
});

describe('numbers that are not finite', () => {
  it('on one backend alone are its own: the run goes on with the other, from before that step', async () => {
    for (const phase of ['forward', 'update'] as const) {
      const whole = only(await fakeRun(), 'finished').checkpoint;
      const program = new FakeProgram(undefined, { step: 8, phase });
      const events = await fakeRun({ program, spare: [new FakeProgram(undefined, null, 10, 'second')] });
      const { move } = only(events, 'moved');
      expect([move.step, move.problem.code]).toEqual([8, 'training.notFinite']);
      expect(move.problem.message).toBe(
        'Step 9 gave numbers that are not finite on fake, and finite ones on second. The run goes on there.',
      );
      expect(lossesTold(events)).toEqual(whole.history.losses);
      expect(only(events, 'finished').checkpoint.state.weights).toEqual(whole.state.weights);
    }
  });

  it('on the other backend too, or a few steps later there, are a divergence', async () => {
    const fault = { step: 8, phase: 'forward' } as const;
    for (const later of [8, 10]) {
      const events = await fakeRun({
        program: new FakeProgram(undefined, fault),
        spare: [new FakeProgram(undefined, { step: later, phase: 'update' })],
      });
      expect(all(events, 'moved')).toEqual([]);
      expect(only(events, 'diverged')).toMatchObject({ step: 9, divergence: { phase: 'forward', path: 'conv' } });
      expect(only(events, 'diverged').checkpoint.history.losses).toHaveLength(8);
    }
  });

  it('are a divergence where the other backend can’t be asked', async () => {
    const events = await fakeRun({
      program: new FakeProgram(undefined, { step: 8, phase: 'forward' }),
      spare: [failing(new FakeProgram(), 0, 'throws')],
    });
    expect(only(events, 'diverged').step).toBe(9);
  });
});

describe('on real backends', () => {
  const plan = planOf(
    networks['an MLP']!.map((entry) => (entry[0] === 'in' ? ['in', 'input', { shape: [2] }] : entry)),
  );
  const job: TrainingJob = {
    plan: { ...plan },
    recipe: {
      optimizer: { type: 'adam', params: {} },
      learningRate: 0.02,
      loss: 'crossEntropy',
      batchSize: 90,
      epochs: 4,
      validation: 0.1,
      shuffle: true,
      inputs: 'unit',
      schedule: { type: 'constant', params: {} },
      weightDecay: 0,
      clipNorm: null,
      augmentation: [],
    },
    seed: 4,
    dataset: 'blobs',
    backend: 'cpu',
  };

  async function run(sabotage: (program: Program, name: BackendName) => Program, change: Partial<TrainingJob> = {}) {
    const events: TrainingEvent[] = [];
    const deps: RunDeps = {
      ...assembleRun({
        surroundings: nodeSurroundings,
        files: plainFiles(() => Promise.reject(new Error('none'))),
        times: noMemory,
      }),
      openProgram: async (wanted, backend, options, onStage) => {
        const made = await createProgram(nodeSurroundings, backend, wanted, options, onStage);
        return made.ok && backend !== 'auto' ? ok(sabotage(made.value, backend)) : made;
      },
      control: createControl(),
      emit: (event) => void events.push(event),
    };
    await runTraining({ ...job, ...change }, deps);
    return events;
  }

  it('a run that loses cpu after step k goes on with wasm as if nothing had been', { timeout: 30_000 }, async () => {
    const whole = await run((program) => program);
    const undisturbed = only(whole, 'finished');
    for (const fault of ['throws', 'NaN'] as const) {
      const events = await run((program, name) => (name === 'cpu' ? failing(program, 13, fault) : program));
      const { move } = only(events, 'moved');
      expect(move.to).toMatch(/^wasm/);
      expect(move.problem.code).toBe(fault === 'NaN' ? 'training.notFinite' : 'training.lost');
      const finished = only(events, 'finished');
      const { losses } = finished.checkpoint.history;
      expect(losses).toHaveLength(36);
      expect(lossesTold(events)).toEqual(losses);
      losses.forEach((loss, i) => expect(loss).toBeCloseTo(undisturbed.checkpoint.history.losses[i]!, 4));
      expect(finished.test?.loss).toBeCloseTo(undisturbed.test?.loss ?? NaN, 4);
      expect(all(events, 'epoch')).toHaveLength(4);
    }
  });

  it('a learning rate that is too high diverges on both, which is told of the first', async () => {
    const events = await run((program) => program, {
      backend: 'wasm',
      recipe: { ...job.recipe, optimizer: { type: 'sgd', params: {} }, learningRate: 1e38 },
    });
    expect(all(events, 'moved')).toEqual([]);
    expect(only(events, 'diverged').problem.code).toBe('training.diverged');
  });
});
