import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { createProgram } from '../createProgram';
import type { Program } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { networks, planOf } from '../testing/plans';
import { slowed } from '../testing/slow';
import { availableBackends, type BackendOffer } from './available';
import { chooseBackend, type ChoosingOptions } from './choose';
import { nodeSurroundings } from './node';
import type { BackendName, Graphics } from './prepare';

const plan = planOf(networks['an MLP']!);
const SIZE = 32;

const on = (graphics: Graphics) =>
  availableBackends({ ...nodeSurroundings, graphics: () => Promise.resolve(graphics) });

async function real(name: BackendName, batchSize = SIZE): Promise<Program> {
  const made = await createProgram(nodeSurroundings, name, plan, optionsFor({ batchSize }));
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

/** Machines whose backends take so many milliseconds a step: each is the real program on wasm, slowed down. */
function machine(
  offers: readonly BackendOffer[],
  ms: Partial<Record<BackendName, number>>,
  change: Partial<ChoosingOptions> = {},
) {
  const clock = { ms: 0 };
  const opened: BackendName[] = [];
  const freed: BackendName[] = [];
  const options: ChoosingOptions = {
    offers,
    open: async (name, batchSize) => {
      opened.push(name);
      const takes = ms[name];
      if (takes === undefined) return err(problem('backend.unavailable', `${name} does not start.`));
      const program = slowed(await real('wasm', batchSize), clock, takes, { full: SIZE });
      return ok({ ...program, backend: name, dispose: () => (freed.push(name), program.dispose()) });
    },
    batch: batchFor(plan, SIZE, 1),
    learningRate: 0.1,
    macs: 1e9,
    clock: () => clock.ms,
    yieldToHost: () => Promise.resolve(),
    signal: new AbortController().signal,
    onPhase: () => undefined,
    explain: (error, backend) => problem('failed', `${backend} failed: ${String(error)}`),
    ...change,
  };
  return { options, opened, freed, clock };
}

async function choice(options: ChoosingOptions) {
  const chosen = await chooseBackend(options);
  if (!chosen.ok) throw new Error(chosen.error.message);
  return chosen.value;
}

describe('choosing a backend', () => {
  it('really times wasm and plain JavaScript for a small network, takes the faster one and frees the other', async () => {
    const offers = await on({ webgpu: 'none', webgl: 'none' });
    const tensors = tf.memory().numTensors;
    const phases: string[] = [];
    const { options } = machine(
      offers,
      {},
      {
        open: async (name, batchSize) => ok(await real(name, batchSize)),
        macs: plan.totals.macs * SIZE,
        clock: () => performance.now(),
        onPhase: (what) => phases.push(what),
      },
    );
    const { name, program, trials, timed } = await choice(options);
    expect(phases[0]).toMatch(/^Timing wasm/);
    expect(phases[1]).toBe('Trying cpu · plain JavaScript …');
    expect(timed).toBe(true);
    const [wasm, cpu] = trials.map(({ ms }) => ms ?? Infinity);
    expect(name).toBe(cpu! < 0.9 * wasm! ? 'cpu' : 'wasm');
    program.step(options.batch, 0.1);
    expect((await program.read())[0]?.loss).toBeGreaterThan(0);
    program.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('takes the fastest, wherever it stands among the offers', async () => {
    const offers = await on({ webgpu: 'hardware', webgl: 'hardware' });
    for (const [ms, expected] of [
      [{ webgpu: 5, webgl: 20, wasm: 50 }, 'webgpu'],
      [{ webgpu: 30, webgl: 20, wasm: 50 }, 'webgl'],
      [{ webgpu: 30, webgl: 20, wasm: 8 }, 'wasm'],
    ] as const) {
      const { options, freed } = machine(offers, ms);
      const { name, program, trials } = await choice(options);
      expect(name).toBe(expected);
      expect(trials.map((trial) => trial.name)).toEqual(['webgpu', 'webgl', 'wasm', 'cpu']);
      // wasm is opened for a part of the batch first.
      const others = ['wasm', 'wasm', 'webgl', 'webgpu'];
      others.splice(others.indexOf(expected), 1);
      expect([...freed].sort()).toEqual(others);
      program.dispose();
    }
  });

  it('prefers the likelier one to one that is hardly faster', async () => {
    const { options } = machine(await on({ webgpu: 'hardware', webgl: 'none' }), { webgpu: 10, wasm: 9.5 });
    const { name, program } = await choice(options);
    expect(name).toBe('webgpu');
    program.dispose();
  });

  it('is not held back by a slow one: of 20 s a step it takes a sixteenth at most', async () => {
    const { options, clock } = machine(await on({ webgpu: 'hardware', webgl: 'none' }), { webgpu: 10, wasm: 20_000 });
    const { name, trials, program } = await choice(options);
    expect(name).toBe('webgpu');
    expect(trials.find((trial) => trial.name === 'wasm')).toMatchObject({
      ms: null,
      note: expect.stringContaining('given up'),
    });
    // Steps of the graphics card, and two of the 32 examples.
    expect(clock.ms).toBeLessThan(20_000 / 16 + 500);
    program.dispose();
  });

  it('never opens what the processor imitates, nor plain JavaScript for a large network, while wasm starts', async () => {
    const { options, opened } = machine(await on({ webgpu: 'software', webgl: 'software' }), {
      webgpu: 1,
      webgl: 1,
      wasm: 500,
      cpu: 1,
    });
    const { name, timed, program, trials } = await choice(options);
    expect([name, timed, opened]).toEqual(['wasm', false, ['wasm']]);
    expect(trials.find((trial) => trial.name === 'webgl')).toEqual({
      name: 'webgl',
      ms: null,
      note: 'WebGL imitated by the processor: slow',
    });
    program.dispose();
  });

  it('takes the first of the last resorts that starts, where nothing better does', async () => {
    const { options, opened } = machine(await on({ webgpu: 'software', webgl: 'none' }), { cpu: 900 });
    const { name, program, trials } = await choice(options);
    expect([name, opened]).toEqual(['cpu', ['wasm', 'webgpu', 'cpu']]);
    expect(trials.find((trial) => trial.name === 'wasm')?.note).toBe('wasm does not start.');
    program.dispose();
  });

  it('passes over one that computes no finite loss where another one does, however fast', async () => {
    const offers = await on({ webgpu: 'hardware', webgl: 'none' });
    const { options } = machine(offers, { webgpu: 1, wasm: 50 });
    const { open } = options;
    const broken: ChoosingOptions['open'] = async (name, batchSize) => {
      const opened = await open(name, batchSize);
      if (!opened.ok || name !== 'webgpu') return opened;
      const { value: program } = opened;
      return ok({ ...program, read: async () => (await program.read()).map((report) => ({ ...report, loss: NaN })) });
    };
    const { name, trials, program } = await choice({ ...options, open: broken });
    expect(name).toBe('wasm');
    expect(trials[0]).toMatchObject({ name: 'webgpu', note: 'its loss is not finite' });
    program.dispose();
  });

  it('passes over one that fails at its first step', async () => {
    const { options } = machine(await on({ webgpu: 'none', webgl: 'hardware' }), { webgl: 1, wasm: 50 });
    const failing: ChoosingOptions['open'] = async (name, batchSize) => {
      const opened = await options.open(name, batchSize);
      if (!opened.ok || name !== 'webgl') return opened;
      return ok({
        ...opened.value,
        step: () => {
          throw new Error('Failed to compile fragment shader.');
        },
      });
    };
    const { name, trials, program } = await choice({ ...options, open: failing });
    expect(name).toBe('wasm');
    expect(trials[0]?.note).toBe('webgl failed: Error: Failed to compile fragment shader.');
    program.dispose();
  });

  it('ends when it is told to, and opens nothing after that', async () => {
    const stop = new AbortController();
    const { options, opened } = machine(
      await on({ webgpu: 'hardware', webgl: 'hardware' }),
      { webgpu: 5, webgl: 5, wasm: 5 },
      {
        signal: stop.signal,
        onPhase: (what) => what.startsWith('Timing webgpu') && stop.abort(),
      },
    );
    const chosen = await chooseBackend(options);
    expect([chosen.ok, opened]).toEqual([false, ['webgpu']]);
  });

  it('says why nothing runs where nothing does', async () => {
    const { options } = machine(await on({ webgpu: 'none', webgl: 'none' }), {});
    expect(await chooseBackend(options)).toMatchObject({ ok: false, error: { message: 'cpu does not start.' } });
  });
});
