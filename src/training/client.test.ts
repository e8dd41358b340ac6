import { expose, proxy } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '@/core/result';
import type { ProgramState } from '@/engine/program';
import { defaultRecipe } from '@/recipe/recipe';
import { noMemory } from './choiceMemory';
import { createTrainingClient, type WorkerLike } from './client';
import type { TrainingEvent, TrainingJob } from './protocol';
import { createTrainingService } from './service';
import { FakeProgram, fakePlan } from './testing';

const job: TrainingJob = {
  plan: fakePlan,
  recipe: { ...defaultRecipe, epochs: 2, batchSize: 4 },
  seed: 1,
  dataset: 'dots',
  backend: 'auto',
};
const split = (count: number) => ({ count, inputs: new Float32Array(count), targets: new Uint8Array(count) });

/** The real service behind a real message channel: a worker without its thread. */
function host(makeProgram: () => FakeProgram = () => new FakeProgram()) {
  const spawned: { crash(message: string): void; base: string; terminated: boolean }[] = [];
  const spawn = (): WorkerLike => {
    const { port1, port2 } = new MessageChannel();
    const errors: EventListener[] = [];
    const record = {
      base: '',
      terminated: false,
      crash: (message: string) => errors.forEach((listener) => listener(Object.assign(new Event('error'), { message }))),
    };
    spawned.push(record);
    const open = (base: string) => {
      record.base = base;
      return proxy(
        createTrainingService({
          findDataset: () => ({
            id: 'dots',
            title: 'Dots',
            summary: '',
            input: [1],
            task: { kind: 'classes', names: ['a', 'b'] },
            counts: { train: 10, test: 5 },
            scale: 1,
            bytes: 0,
            licence: '',
            origin: '',
            load: () => Promise.resolve(ok({ train: split(10), test: split(5) })),
          }),
          loadExamples: (dataset, context) => dataset.load({ ...context, read: () => Promise.reject(new Error('none')) }),
          openProgram: () => Promise.resolve(ok(makeProgram())),
          offers: () =>
            Promise.resolve([
              { name: 'wasm', reason: 'the processor', lastResort: false },
              { name: 'cpu', reason: 'the processor', lastResort: true },
            ]),
          times: noMemory,
          recipe: { check: () => [], learningRateAt: () => 0.1, notPerformed: () => [] },
          clock: () => performance.now(),
          yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
        }),
      );
    };
    expose({ open }, port2);
    port2.start();
    port1.start();
    ports.push(port1, port2);
    return {
      postMessage: (message: unknown, transfer?: Transferable[]) => port1.postMessage(message, transfer ?? []),
      addEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
        if (type === 'message') port1.addEventListener(type, listener);
        else if (type === 'error' && typeof listener === 'function') errors.push(listener);
      },
      removeEventListener: (type: string, listener: EventListenerOrEventListenerObject) =>
        port1.removeEventListener(type, listener),
      terminate: () => {
        record.terminated = true;
        port1.close();
      },
    };
  };
  return { spawned, client: createTrainingClient('https://example.org/loom/', spawn) };
}
const ports: MessagePort[] = [];
afterEach(() => ports.splice(0).forEach((port) => port.close()));

/** A step that takes a moment, so that the run lasts until it is told to end. */
class EndlessProgram extends FakeProgram {
  override async read() {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return super.read();
  }
}
/** Its prediction is input times weight. */
class Multiplying extends EndlessProgram {
  private factor = 0;
  override restore(state: Partial<ProgramState>) {
    this.factor = state.weights?.['conv/kernel']?.[0] ?? 0;
    return super.restore(state);
  }
  override predict(inputs: readonly Float32Array[]) {
    return Promise.resolve(inputs.map((values) => values.map((value) => value * this.factor)));
  }
}
const long = { ...job, recipe: { ...job.recipe, epochs: 100_000 } };
const until = async (events: readonly TrainingEvent[], kind: TrainingEvent['kind']) => {
  while (!events.some((event) => event.kind === kind)) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('the page’s side of training', () => {
  it('starts the worker with the first run, tells it the page’s base, and brings every event before it resolves', async () => {
    const { client, spawned } = host();
    expect(spawned).toHaveLength(0);
    const events: TrainingEvent[] = [];
    await client.start(job, (event) => events.push(event));
    expect(spawned[0]?.base).toBe('https://example.org/loom/');
    expect(events.at(-1)).toMatchObject({ kind: 'finished', reason: 'completed' });
    const last = events.at(-1);
    expect(last?.kind === 'finished' && last.checkpoint.state.weights['conv/kernel']).toBeInstanceOf(Float32Array);
    await client.start(job, () => undefined);
    expect(spawned).toHaveLength(1);
  });

  it('pauses, resumes and stops', async () => {
    const { client } = host(() => new EndlessProgram());
    const events: TrainingEvent[] = [];
    const run = client.start(long, (event) => events.push(event));
    await until(events, 'steps');
    await client.pause();
    await until(events, 'paused');
    await client.resume();
    await until(events, 'resumed');
    await client.stop();
    await run;
    expect(events.at(-1)).toMatchObject({ kind: 'finished', reason: 'stopped', test: { confusion: [[5, 1]] } });
  });

  it('ends a run when another one starts', async () => {
    const { client, spawned } = host(() => new EndlessProgram());
    const events: TrainingEvent[] = [];
    const first = client.start(long, (event) => events.push(event));
    await until(events, 'started');
    await client.start(job, () => undefined);
    await first;
    expect(events.at(-1)).toMatchObject({ kind: 'finished', reason: 'stopped', test: null });
    expect(spawned).toHaveLength(1);
  });

  it('tells of a worker that broke down, and gives the next run a new one', async () => {
    const { client, spawned } = host(() => new EndlessProgram());
    const events: TrainingEvent[] = [];
    const run = client.start(long, (event) => events.push(event));
    await until(events, 'started');
    spawned[0]!.crash('Uncaught RangeError');
    await run;
    expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { code: 'training.worker', got: 'Uncaught RangeError' } });
    expect(spawned[0]!.terminated).toBe(true);
    const again: TrainingEvent[] = [];
    const next = client.start(long, (event) => again.push(event));
    await until(again, 'steps');
    await client.stop();
    await next;
    expect(again.at(-1)).toMatchObject({ kind: 'finished' });
    expect(spawned).toHaveLength(2);
  });

  it('replaces a worker whose backend failed', async () => {
    const { client, spawned } = host(() => {
      const program = new FakeProgram();
      program.step = () => {
        throw new Error('device lost');
      };
      return program;
    });
    const events: TrainingEvent[] = [];
    await client.start(job, (event) => events.push(event));
    expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { code: 'training.lost' } });
    expect(spawned[0]!.terminated).toBe(true);
  });

  it('gives the run after one that moved on a new worker, whose devices are whole', async () => {
    let lost = false;
    const { client, spawned } = host(() => {
      const program = new FakeProgram();
      if (lost) return program;
      lost = true;
      program.step = () => {
        throw new Error('device lost');
      };
      return program;
    });
    const events: TrainingEvent[] = [];
    await client.start({ ...job, backend: 'wasm' }, (event) => events.push(event));
    expect(events.filter(({ kind }) => kind === 'moved')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ kind: 'finished' });
    await client.start(job, () => undefined);
    expect(spawned).toHaveLength(2);
  });

  it('asks the worker for predictions, before any run and beside one', async () => {
    const opened: Multiplying[] = [];
    const { client } = host(() => {
      const program = new Multiplying();
      opened.push(program);
      return program;
    });
    const request = { plan: fakePlan, backend: 'auto', weights: { 'conv/kernel': Float32Array.of(3) }, count: 2 } as const;
    const inputs = [Float32Array.of(1, 2)];
    expect(await client.predict({ ...request, inputs })).toEqual({ ok: true, value: [Float32Array.of(3, 6)] });
    expect(opened[0]?.log.at(-1)).toBe('dispose');
    const events: TrainingEvent[] = [];
    const run = client.start(long, (event) => events.push(event));
    await until(events, 'steps');
    expect(await client.predict({ ...request, inputs })).toMatchObject({ ok: true });
    await client.stop();
    await run;
    expect(events.at(-1)).toMatchObject({ kind: 'finished' });
  });

  it('says which examples or weights do not fit instead of predicting from them', async () => {
    const { client } = host();
    const request = { plan: fakePlan, backend: 'auto', weights: {}, inputs: [Float32Array.of(1)], count: 2 } as const;
    expect(await client.predict(request)).toMatchObject({ error: { code: 'predict.inputs', expected: '2', got: '1' } });
    const unweighted = { ...request, count: 1 };
    expect(await client.predict(unweighted)).toMatchObject({ error: { code: 'predict.weights', expected: 'conv/kernel' } });
  });

  it('closes quietly', async () => {
    const { client, spawned } = host(() => new EndlessProgram());
    const events: TrainingEvent[] = [];
    const run = client.start(long, (event) => events.push(event));
    await until(events, 'started');
    client.dispose();
    await run;
    expect(spawned[0]!.terminated).toBe(true);
    expect(events.some(({ kind }) => kind === 'failed')).toBe(false);
  });
});
