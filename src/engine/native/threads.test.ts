import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { createProgram } from '../createProgram';
import type { Program, ProgramOptions } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { inTurn } from '../testing/numbers';
import { type Entry, networks, planOf } from '../testing/plans';
import { createNativeProgram } from './createNativeProgram';
import type { NativeSurroundings, ThreadHandle, ThreadStart } from './surroundings';
import { differences, nativeProgram, resultsOf, squaredError, valuesBatch } from './testing';

// More threads than cores take turns.
vi.setConfig({ testTimeout: 60_000 });

const SIZE = 8;
const startReal = nodeSurroundings.native.startThread!;

/** Large enough that every instruction is cut into several chunks. */
const wide: readonly Entry[] = [
  ['in', 'input', { shape: [33, 31, 3] }],
  ['c1', 'conv2d', { filters: 10, kernel: [5, 3], padding: 'same', activation: 'relu', l2: 0.01 }],
  ['c2', 'conv2d', { filters: 14, kernel: [3, 3], stride: [2, 2], dilation: [1, 2], groups: 2, activation: 'relu' }],
  ['c3', 'depthwiseConv2d', { kernel: [3, 3], stride: [2, 1], padding: 'same', multiplier: 2, activation: 'relu' }],
  ['c4', 'conv2d', { filters: 28, kernel: [3, 3], padding: 'same', groups: 7, activation: 'relu' }],
  ['f', 'flatten'],
  ['d1', 'dense', { units: 90, activation: 'relu' }],
  ['d2', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
];

const narrow: readonly Entry[] = [
  ['in', 'input', { shape: [5] }],
  ['h', 'dense', { units: 7, activation: 'relu' }],
  ['d', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
];

const recipe = optionsFor({ clipNorm: 1, weightDecay: 0.01, optimizer: { type: 'adam', params: {} } });

/** Bits of arrays in a few letters: comparing thousands of numbers one by one takes long. */
const digest = (value: unknown): unknown => {
  if (value instanceof Float32Array) {
    return createHash('sha1')
      .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      .digest('hex');
  }
  if (Array.isArray(value)) return value.map(digest);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, digest(each)]));
};

/** All that a run gives, to the last bit. */
async function everything(program: Program) {
  const { plan } = program;
  const gradients = await program.gradients(batchFor(plan, SIZE, 1));
  for (let i = 0; i < 5; i += 1) program.step(batchFor(plan, SIZE, i), 0.01);
  const batch = batchFor(plan, SIZE, 9, 3);
  return digest({
    gradients,
    reports: await program.read(),
    state: await program.state(),
    evaluation: await program.evaluate([batch]),
    predictions: await program.predict(batch.inputs, SIZE),
    activations: await program.activations(batch.inputs, SIZE),
  });
}

async function using<T>(program: Program, body: (program: Program) => Promise<T>): Promise<T> {
  try {
    return await body(program);
  } finally {
    program.dispose();
  }
}

describe('whatever the number of threads, the numbers are the same to the last bit', () => {
  it.each([false, true])(
    'of a network of which every instruction is shared out (without relaxed SIMD: %s)',
    async (plainSimd) => {
      const [alone, ...shared] = await inTurn([1, 2, 3, 5], async (threads) =>
        using(await nativeProgram(planOf(wide), recipe, { threads, plainSimd }), async (program) => {
          expect(program.backend).toMatch(threads === 1 ? '1 thread' : `${threads} threads`);
          return everything(program);
        }),
      );
      for (const each of shared) expect(each).toEqual(alone);
    },
  );

  it.each(Object.entries(networks))('%s', async (_title, entries) => {
    const [alone, shared] = await inTurn([1, 3], async (threads) => {
      const surroundings = { ...nodeSurroundings, native: { ...nodeSurroundings.native, threads } };
      const program = await createProgram(surroundings, 'wasm', planOf(entries), recipe);
      if (!program.ok) throw new Error(program.error.message);
      return using(program.value, everything);
    });
    expect(shared).toEqual(alone);
  });
});

it('without relaxed SIMD, results are alike to rounding', async () => {
  const plan = planOf(wide);
  const [relaxed, plain] = await inTurn([false, true], async (plainSimd) =>
    using(await nativeProgram(plan, squaredError(SIZE), { plainSimd }), async (program) => {
      expect(program.backend).toMatch(plainSimd ? 'wasm · SIMD' : 'wasm · relaxed SIMD');
      return resultsOf(program, valuesBatch(plan, SIZE, 1), 2);
    }),
  );
  for (const [name, apart] of Object.entries(differences(plain!, relaxed!))) expect(apart, name).toBeLessThan(1e-5);
});

describe('threads', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('four on whatever cores there are take 300 steps of many tiny instructions', { timeout: 120_000 }, async () => {
    // A hang would stop this process too, and its time limit with it.
    const script = 'src/engine/native/stress.testing.ts';
    const { stdout } = await promisify(execFile)('node', ['scripts/run.mjs', script, '4', '300'], { timeout: 100_000 });
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      backend: expect.stringContaining('4 threads') as string,
      steps: 300,
      loss: expect.any(Number) as number,
    });
  });

  it('serve one program after the other, and end with what is not kept', async () => {
    const alive = new Set<ThreadHandle>();
    const startThread = (start: ThreadStart) => {
      const handle = startReal(start);
      alive.add(handle);
      return { ready: handle.ready, end: () => void (handle.end(), alive.delete(handle)) };
    };
    const surroundings: NativeSurroundings = { ...nodeSurroundings.native, threads: 4, startThread };
    const plan = planOf(narrow);
    const results: unknown[] = [];
    for (let i = 0; i < 20; i += 1) {
      const both = [await nativeProgram(plan, recipe, surroundings), await nativeProgram(plan, recipe, surroundings)];
      results.push(await everything(both[i % 2]!));
      for (const program of both) program.dispose();
      // Twice is as good as once.
      both[0]!.dispose();
      expect(alive.size).toBeLessThanOrEqual(3);
    }
    for (const each of results) expect(each).toEqual(results[0]);
  });

  it('of two programs that step in turn do not mix them up', async () => {
    const plan = planOf(wide);
    const other = planOf(narrow);
    const steps = (program: Program, i: number) => program.step(batchFor(program.plan, SIZE, i), 0.01);
    const alone = await inTurn([plan, other], async (each) =>
      using(await nativeProgram(each, recipe, { threads: 3 }), async (program) => {
        for (let i = 0; i < 5; i += 1) steps(program, i);
        return program.state();
      }),
    );
    const a = await nativeProgram(plan, recipe, { threads: 3 });
    const b = await nativeProgram(other, recipe, { threads: 3 });
    for (let i = 0; i < 5; i += 1) [a, b].forEach((program) => steps(program, i));
    expect([await a.state(), await b.state()]).toEqual(alone);
    a.dispose();
    b.dispose();
  });

  const plan = planOf(wide);

  // Numbers of threads that no test before has left at rest.
  it('that can’t be started leave all work to one', async () => {
    const startThread = () => ({ ready: Promise.reject(new Error('no thread to be had')), end: () => undefined });
    await using(await nativeProgram(plan, recipe, { threads: 6, startThread }), async ({ backend, step }) => {
      expect(backend).toMatch(/1 thread$/);
      step(batchFor(plan, SIZE, 1), 0.01);
    });
  });

  it('that never come are waited for ten seconds, once', async () => {
    let [started, ended] = [0, 0];
    const startThread = () => {
      started += 1;
      return { ready: new Promise<void>(() => undefined), end: () => void (ended += 1) };
    };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const opening = nativeProgram(plan, recipe, { threads: 7, startThread });
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(10_000);
    (await opening).dispose();
    expect([started, ended]).toEqual([6, 6]);
    const again = await nativeProgram(plan, recipe, { threads: 7, startThread });
    expect([again.backend, started]).toEqual([expect.stringMatching(/1 thread$/), 6]);
    again.dispose();
  });

  it('that break down end the step with an error, and the next program has others', async () => {
    // A stack at the beginning of the memory: the first thing that is put on it lies outside.
    const startThread = (start: ThreadStart) => startReal({ ...start, stack: 0 });
    const program = await nativeProgram(plan, recipe, { threads: 8, startThread });
    const step = () => program.step(batchFor(plan, SIZE, 1), 0.01);
    expect(step).toThrow('A thread of the kernels broke down.');
    expect(step).toThrow('The kernels are broken.');
    program.dispose();
    await using(await nativeProgram(plan, recipe, { threads: 8 }), async (next) => {
      next.step(batchFor(plan, SIZE, 1), 0.01);
      expect((await next.read())[0]?.loss).toBeGreaterThan(0);
    });
  });
});

describe('a program that was disposed', () => {
  it('leaves the next one’s numbers alone', async () => {
    const plan = planOf(narrow);
    const program = await nativeProgram(plan, recipe);
    const many = batchFor(plan, 10 * SIZE, 1);
    // It goes on after letting other messages in.
    const predicting = program.predict(many.inputs, 10 * SIZE);
    program.dispose();
    const next = await nativeProgram(plan, recipe);
    await expect(predicting).rejects.toThrow('The program was disposed.');
    expect(() => program.step(batchFor(plan, SIZE, 1), 0.1)).toThrow('The program was disposed.');
    const fresh = await using(next, everything);
    expect(fresh).toEqual(await using(await nativeProgram(plan, recipe), everything));
  });
});

it('a batch of another size than the program’s is refused', async () => {
  await using(await nativeProgram(planOf(narrow), recipe), async (program) => {
    const before = await program.state();
    for (const size of [SIZE - 1, SIZE + 1]) {
      const said = `learns from ${SIZE} examples at once; a batch of ${size} was given`;
      expect(() => program.step(batchFor(program.plan, size, 1), 0.1)).toThrow(said);
    }
    expect(await program.state()).toEqual(before);
  });
});

describe('a network that is larger than the memory', () => {
  const open = (entries: readonly Entry[], options: ProgramOptions) =>
    createNativeProgram(nodeSurroundings.native, planOf(entries), options, () =>
      Promise.reject(new Error('not asked')),
    );

  it('by its weights is a problem that says how large', async () => {
    const entries: Entry[] = [
      ['in', 'input', { shape: [40_000] }],
      ['d', 'dense', { units: 40_000 }],
      ['out', 'output'],
    ];
    // 40,000² weights of 4 bytes are 5.96 GB.
    const program = await open(entries, squaredError(1));
    expect(program).toMatchObject({ ok: false, error: { code: 'program.memory' } });
    expect(program).toMatchObject({
      error: { message: expect.stringMatching(/needs 6\.0 GB .* gets 4\.0 GB/) as string },
    });
  });

  it('by its batch is one too, of the field that mends it', async () => {
    const entries: Entry[] = [
      ['in', 'input', { shape: [1000] }],
      ['d', 'dense', { units: 1000, activation: 'relu' }],
      ['out', 'output'],
    ];
    const program = await open(entries, squaredError(600_000));
    expect(program).toMatchObject({ ok: false, error: { code: 'program.memory', params: ['batchSize'] } });
    expect(program).toMatchObject({ error: { message: expect.stringContaining('batches of 600000') as string } });
  });
});
