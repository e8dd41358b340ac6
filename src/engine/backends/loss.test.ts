import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../createProgram';
import type { Program } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { networks, planOf } from '../testing/plans';
import { watchBackend, watched, type LossWatch } from './loss';
import { nodeSurroundings } from './node';

// Real devices are lost in e2e/devices.spec.ts; here is what becomes of the programs on them.
const plan = planOf(networks['an MLP']!);
const batch = batchFor(plan, 8, 1);

async function real(): Promise<Program> {
  const made = await createProgram(nodeSurroundings, 'cpu', plan, optionsFor());
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

/** A watch over errors that nothing throws, told by the test. */
function watch(): LossWatch & { tell(why: string): void; readonly listening: boolean } {
  const listeners = new Set<(why: string) => void>();
  const made = watchBackend(tf, 'wasm', {
    uncaught: (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  });
  return {
    ...made,
    tell: (why) => listeners.forEach((listener) => listener(why)),
    get listening() {
      return listeners.size > 0;
    },
  };
}

describe('a program on a backend that is watched', () => {
  it('works as before while all is well', async () => {
    const program = await real();
    const onWatch = watched(program, watch());
    onWatch.step(batch, 0.1);
    const [report] = await onWatch.read();
    expect(report?.loss).toBeGreaterThan(0);
    expect(await onWatch.state()).toEqual(await program.state());
    program.dispose();
  });

  it('ends work that would never end', async () => {
    const program = await real();
    const told = watch();
    const onWatch = watched({ ...program, read: () => new Promise(() => undefined) }, told);
    const reading = onWatch.read();
    setTimeout(() => told.tell('worker sent an error'), 5);
    await expect(reading).rejects.toThrow('worker sent an error');
    program.dispose();
  });

  it('gives no numbers that were read after the end, and takes no orders', async () => {
    const program = await real();
    const told = watch();
    // What a lost context answers at once.
    const zeros = { loss: 0, correct: 0, counted: 8 };
    const onWatch = watched(
      {
        ...program,
        read: () => {
          told.tell('context lost');
          return Promise.resolve([zeros]);
        },
      },
      told,
    );
    await expect(onWatch.read()).rejects.toThrow('context lost');
    expect(() => onWatch.step(batch, 0.1)).toThrow('context lost');
    expect(() => onWatch.mark()).toThrow('context lost');
    await expect(onWatch.weights()).rejects.toThrow('context lost');
    program.dispose();
  });

  it('listens no longer when it is disposed of', async () => {
    const told = watch();
    const onWatch = watched(await real(), told);
    expect(told.listening).toBe(true);
    onWatch.dispose();
    onWatch.dispose();
    expect(told.listening).toBe(false);
  });
});
