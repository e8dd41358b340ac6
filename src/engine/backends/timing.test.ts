import { describe, expect, it } from 'vitest';
import { createProgram } from '../createProgram';
import type { Program } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { networks, planOf } from '../testing/plans';
import { slowed, type TestClock } from '../testing/slow';
import { nodeSurroundings } from './node';
import { tasteOf, tasteStep, timeStep, type TimingOptions } from './timing';

const plan = planOf(networks['a residual block with batch norm']!);
const SIZE = 32;
const batch = batchFor(plan, SIZE, 1);

async function program(batchSize = SIZE): Promise<Program> {
  const made = await createProgram(nodeSurroundings, 'wasm', plan, optionsFor({ batchSize }));
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

const yieldToHost = () => new Promise<void>((resolve) => setImmediate(resolve));
const options = (clock: TestClock, change: Partial<TimingOptions> = {}): TimingOptions => ({
  batch,
  learningRate: 0.1,
  blocking: true,
  best: Infinity,
  clock: () => clock.ms,
  yieldToHost,
  signal: new AbortController().signal,
  ...change,
});

describe('timing a step', () => {
  it('measures real steps, and leaves the program as it was, to the bit', async () => {
    const timed = await program();
    const before = await timed.state();
    const since = performance.now();
    const timing = await timeStep(timed, { ...options({ ms: 0 }), clock: () => performance.now() });
    const all = performance.now() - since;
    expect(timing).toMatchObject({ kind: 'measured', finite: true });
    if (timing.kind !== 'measured') return;
    expect(timing.ms).toBeGreaterThan(0);
    expect(timing.ms).toBeLessThan(all);
    expect(await timed.state()).toEqual(before);
    expect(await timed.read()).toEqual([]);
    timed.dispose();
  });

  it('counts the time to the end of the work, not until it is queued', async () => {
    const clock = { ms: 0 };
    const timed = slowed(await program(), clock, 30, { queues: true, full: SIZE });
    expect(await timeStep(timed, options(clock, { blocking: false }))).toMatchObject({ kind: 'measured', ms: 30 });
    timed.dispose();
  });

  it('of a hopeless backend computes a sixteenth of a batch and no more', async () => {
    const clock = { ms: 0 };
    const part = tasteOf(batch);
    expect(part.counts).toHaveLength(SIZE / 16);
    const tasted = async (ms: number) => {
      const slow = slowed(await program(part.counts.length), clock, ms, { full: SIZE });
      const verdict = await tasteStep(slow, part, options(clock, { best: 10 }));
      slow.dispose();
      return verdict;
    };
    expect(await tasted(20_000)).toEqual({ kind: 'given up', why: '1/16 of a batch took 1.3 s' });
    expect(clock.ms).toBe(20_000 / 16);
    expect(await tasted(500)).toBeNull();
  });

  it('gives a backend up after one whole step that takes more than twice as long as another’s', async () => {
    const clock = { ms: 0 };
    const timed = slowed(await program(), clock, 250, { full: SIZE });
    expect(await timeStep(timed, options(clock, { best: 100 }))).toEqual({
      kind: 'given up',
      why: 'a step took 250 ms',
    });
    expect(timed.sizes).toEqual([SIZE, SIZE]);
    timed.dispose();
  });

  it('does not wait for a device that does not answer', async () => {
    const real = await program();
    const silent: Program = { ...real, read: () => new Promise(() => undefined) };
    const timing = await timeStep(silent, options({ ms: 0 }, { blocking: false, patience: 30 }));
    expect(timing).toEqual({ kind: 'given up', why: 'no answer within 30 ms' });
    real.dispose();
  });

  it('ends when it is told to, between two steps as while it waits for an answer', async () => {
    const real = await program();
    const before = new AbortController();
    before.abort();
    expect(await timeStep(real, options({ ms: 0 }, { signal: before.signal }))).toEqual({ kind: 'stopped' });

    const silent: Program = { ...real, read: () => new Promise(() => undefined) };
    const within = new AbortController();
    setTimeout(() => within.abort(), 10);
    const timing = await timeStep(silent, options({ ms: 0 }, { blocking: false, signal: within.signal }));
    expect(timing).toEqual({ kind: 'stopped' });
    real.dispose();
  });

  it('says whether the loss is finite', async () => {
    const real = await program();
    const wrong: Program = {
      ...real,
      read: async () => (await real.read()).map((report) => ({ ...report, loss: NaN })),
    };
    expect(await timeStep(wrong, options({ ms: 0 }))).toMatchObject({ kind: 'measured', finite: false });
    real.dispose();
  });
});
