import { describe, expect, it } from 'vitest';
import type { ProgramOptions } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { networks, planOf } from '../testing/plans';
import { SIZE, type Using } from './factory';

/** Where a number that is not finite first appears. */
export function divergenceContract(using: Using): void {
  describe('a run that diverges says where', () => {
    const plan = planOf(networks['a residual block with batch norm']!);
    const cases = plan.layers.filter(({ weights }) => weights.length > 0).map(({ path }) => path);

    it.each(cases)('a weight of %s is not a number', async (path) => {
      await using('wasm', plan, optionsFor(), async (program) => {
        const key = Object.keys(await program.weights()).find((each) => each.startsWith(`${path}/`))!;
        const values = (await program.weights())[key]!;
        values[values.length - 1] = NaN;
        program.restore({ weights: { [key]: values } });
        expect(await program.diagnose(batchFor(plan, SIZE, 1), 0.1)).toEqual({ phase: 'forward', path });
        program.step(batchFor(plan, SIZE, 1), 0.1);
        expect((await program.read())[0]!.loss).toBeNaN();
      });
    });

    it('an example holds a number that is none', async () => {
      await using('wasm', plan, optionsFor(), async (program) => {
        const batch = batchFor(plan, SIZE, 1);
        batch.inputs[0]![17] = Infinity;
        expect(await program.diagnose(batch, 0.1)).toEqual({ phase: 'forward', path: 'in' });
      });
    });

    const line = planOf([['in', 'input', { shape: [1] }], ['d', 'dense', { units: 1 }], ['out', 'output']]);
    const regression: ProgramOptions = {
      ...optionsFor({ loss: 'squaredError', optimizer: { type: 'sgd', params: {} }, batchSize: 1 }),
      task: 'values',
    };
    const example = (x: number) => ({
      inputs: [Float32Array.of(x)],
      targets: [Float32Array.of(0)],
      counts: Float32Array.of(1),
    });

    it('the learning rate carries the weights away', async () => {
      await using('wasm', line, regression, async (program) => {
        // ŷ = 1e18, loss 1e36, gradient 2e36: all within 32 bits; a million times that is not.
        program.restore({ weights: { 'd/kernel': Float32Array.of(1) } });
        expect(await program.diagnose(example(1e18), 1)).toBeNull();
        expect(await program.diagnose(example(1e18), 1e6)).toEqual({ phase: 'update', path: 'd' });
      });
    });

    it('the gradient leaves the range of 32-bit floats while outputs and loss are within it', async () => {
      const deep = planOf([
        ['in', 'input', { shape: [1] }],
        ['h1', 'dense', { units: 1 }],
        ['h2', 'dense', { units: 1 }],
        ['d', 'dense', { units: 1 }],
        ['out', 'output'],
      ]);
      await using('wasm', deep, regression, async (program) => {
        // h1 = 1, h2 = 1e-20, ŷ = 1e30·1e-20 = 1e10. Backwards: 2·1e10·1e-20 for d's kernel, 2·1e10·1e30 for h2's,
        // which is too much, and what comes after it, h1's, is so too.
        const weights = { 'h1/kernel': [1], 'h2/kernel': [1e-20], 'd/kernel': [1e30] };
        program.restore({
          weights: Object.fromEntries(Object.entries(weights).map(([key, values]) => [key, Float32Array.from(values)])),
        });
        expect(await program.diagnose(example(1), 0.1)).toEqual({ phase: 'gradient', path: 'h2' });
      });
    });

    it('the loss alone is infinite', async () => {
      await using('wasm', line, regression, async (program) => {
        program.restore({ weights: { 'd/kernel': Float32Array.of(1) } });
        expect(await program.diagnose(example(1e25), 0.1)).toEqual({ phase: 'forward', path: null });
      });
    });
  });
}
