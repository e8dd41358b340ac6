import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { type Ahead, aheadOf, type AheadJob } from './ahead';
import { type BatchOptions, type Batches, makeBatches } from './batches';

/** 1,003 examples of 7 numbers that say which one it is; the last batch of an epoch has 3. */
const options: BatchOptions = {
  examples: {
    train: {
      count: 1003,
      inputs: Float32Array.from({ length: 7 * 1003 }, (_, i) => i),
      targets: Uint8Array.from({ length: 1003 }, (_, i) => i % 10),
    },
    test: { count: 2, inputs: new Float32Array(14), targets: new Uint8Array(2) },
  },
  // With what no message can carry, as whole definitions have.
  dataset: Object.assign({ load: () => null }, { input: [7], task: { kind: 'classes' as const, names: [...'0123456789'] }, scale: 1 }),
  recipe: { batchSize: 20, validation: 0, shuffle: true, inputs: 'standardised' },
  seed: 5,
  ports: { inputs: 1, outputs: 2 },
};

describe('batches prepared ahead by a thread', () => {
  let source = '';
  let ahead: Ahead;
  let plain: Batches;
  let ended: Promise<number>;

  beforeAll(async () => {
    // The real thread, its module bundled as the application's build does.
    const entry = fileURLToPath(new URL('./ahead.ts', import.meta.url));
    const alias = { '@': fileURLToPath(new URL('..', import.meta.url)) };
    const output = await build({
      configFile: false,
      logLevel: 'error',
      resolve: { alias },
      build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'ahead' } },
    });
    const [bundle] = [output].flat();
    source = bundle && 'output' in bundle ? bundle.output[0].code : '';
    plain = makeBatches(options);
    const begin = (job: AheadJob) => {
      const run = 'require("node:worker_threads").parentPort.once("message", (job) => ahead.prepareAhead(job));';
      const worker = new Worker(`${source}\n${run}`, { eval: true });
      ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage(job);
      return () => undefined;
    };
    ahead = aheadOf(options, makeBatches(options), begin);
  });

  afterAll(() => ahead.end());

  it('are those that are made on the spot, in order over two epochs and back again', async () => {
    const order = [...Array.from({ length: 120 }, (_, i) => i), 17, 18, 19, 3, 99, 100, 50, 51, 52, 53, 54];
    for (const step of order) {
      expect(ahead.batches.batchAt(step)).toEqual(plain.batchAt(step));
      // The thread gets ahead now and then.
      if (step % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('are arrays of their own', () => {
    const first = ahead.batches.batchAt(7);
    first.inputs[0]!.fill(0);
    expect(ahead.batches.batchAt(7)).toEqual(plain.batchAt(7));
  });

  it('come from the thread once it had the time', async () => {
    const { batches, end } = aheadOf(options, { ...plain, batchAt: (step) => plain.batchAt(step) }, () => () => undefined);
    end();
    // Without a thread: every one is made here.
    expect(batches.batchAt(0)).toEqual(plain.batchAt(0));
    let madeHere = 0;
    const counting = {
      ...plain,
      batchAt: (step: number) => {
        madeHere += 1;
        return plain.batchAt(step);
      },
    };
    const worker = new Worker(
      `${source}\nrequire("node:worker_threads").parentPort.once("message", (job) => ahead.prepareAhead(job));`,
      { eval: true },
    );
    const threaded = aheadOf(options, counting, (job) => {
      worker.postMessage(job);
      return () => undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const before = madeHere;
    threaded.batches.batchAt(0);
    expect(madeHere).toBe(before);
    threaded.end();
    expect(await new Promise((resolve) => worker.once('exit', resolve))).toBe(0);
  });

  it('end their thread', async () => {
    ahead.end();
    expect(await ended).toBe(0);
  });
});
