import { describe, expect, it } from 'vitest';
import type { Plan } from '@/compiler/plan';
import { relativeError } from '../kernels/testing';
import type { Program } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { dot, inTurn, largest, maxDifference, shifted, unit } from '../testing/numbers';
import { networks, planOf } from '../testing/plans';
import { stockOutputs } from '../testing/stock';
import { SIZE, type Using, warmUp } from './factory';

const optimizers = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam'].map((type) => ({ type, params: {} }));

const has = (plan: Plan, ...types: readonly string[]) => plan.layers.some(({ type }) => types.includes(type));

/** Gradients, agreement of backends, the export and repeatability, for every network of the tests. */
export function networksContract(using: Using): void {
  describe.each(Object.entries(networks))('%s', (_title, entries) => {
    const plan = planOf(entries);

    it('has the gradients that differences of the loss say', async () => {
      await using('cpu', plan, optionsFor(), async (program) => {
        warmUp(program, plan);
        const batch = batchFor(plan, SIZE, 1);
        const weights = await program.weights();
        const { gradients } = await program.gradients(batch);
        for (const [key, gradient] of Object.entries(gradients)) {
          const direction = unit(gradient.length, key);
          const along = dot(gradient, direction);
          const lossAt = async (h: number) => {
            expect(program.restore({ weights: { [key]: shifted(weights[key]!, direction, h) } }).ok).toBe(true);
            return (await program.gradients(batch)).loss;
          };
          // Fourth order, so that h may be large against the rounding of 32-bit losses. Where a pool's kink lies
          // within ±2h, a smaller h finds none.
          const errors = await inTurn(has(plan, 'maxPool2d') ? [0.01, 0.003, 0.001] : [0.03], async (h) => {
            const near = (await lossAt(h)) - (await lossAt(-h));
            const far = (await lossAt(2 * h)) - (await lossAt(-2 * h));
            const difference = (8 * near - far) / (12 * h);
            return Math.abs(difference - along) / (5e-7 / h + 2e-3 * Math.abs(along));
          });
          program.restore({ weights });
          expect(Math.min(...errors), key).toBeLessThan(1);
        }
      });
    });

    it('runs alike on wasm and cpu: loss, gradients and twenty steps', async () => {
      const batch = batchFor(plan, SIZE, 2);
      const results = await inTurn(['wasm', 'cpu'] as const, (backend) =>
        using(backend, plan, optionsFor(), async (program) => {
          const first = await program.gradients(batch);
          for (let i = 0; i < 20; i += 1) program.step(batchFor(plan, SIZE, i), 0.05);
          return { first, reports: await program.read(), weights: await program.weights() };
        }),
      );
      const [wasm, cpu] = results;
      expect(relativeError([wasm!.first.loss], [cpu!.first.loss])).toBeLessThan(1e-6);
      const scale = largest(cpu!.first.gradients);
      for (const [key, gradient] of Object.entries(cpu!.first.gradients)) {
        expect(maxDifference(wasm!.first.gradients[key]!, gradient), key).toBeLessThan(1e-5 * scale);
      }
      expect(relativeError(wasm!.reports.map((r) => r.loss), cpu!.reports.map((r) => r.loss))).toBeLessThan(1e-4);
      for (const [key, weight] of Object.entries(cpu!.weights)) {
        expect(maxDifference(wasm!.weights[key]!, weight), key).toBeLessThan(1e-4);
      }
    });

    it('predicts what the exported topology predicts in stock tfjs', async () => {
      await using('cpu', plan, optionsFor(), async (program) => {
        warmUp(program, plan);
        const { inputs } = batchFor(plan, 11, 4);
        const ours = await program.predict(inputs, 11);
        const stock = await stockOutputs(plan, await program.weights(), inputs, 11);
        expect(ours.length).toBe(plan.outputs.length);
        ours.forEach((output, i) => expect(maxDifference(output, stock[i]!)).toBeLessThanOrEqual(1e-6));
      });
    });

    it('replays a step after a rewind, and goes on from a saved state, to the same bits', async () => {
      for (const optimizer of optimizers) {
        const options = optionsFor({ optimizer, clipNorm: 1, weightDecay: 0.01 });
        const go = (program: Program, from: number, to: number) => {
          for (let i = from; i < to; i += 1) program.step(batchFor(plan, SIZE, i), 0.01);
        };
        const whole = await using('wasm', plan, options, async (program) => {
          go(program, 0, 3);
          const reports = await program.read();
          const saved = await program.state();
          program.mark();
          go(program, 3, 5);
          const later = await program.read();
          const state = await program.state();
          program.rewind();
          expect(await program.state()).toEqual(saved);
          go(program, 3, 5);
          expect(await program.read()).toEqual(later);
          expect(await program.state()).toEqual(state);
          expect([reports.length, later.length, state.step]).toEqual([3, 2, 5]);
          return { saved, state };
        });
        await using('wasm', plan, { ...options }, async (program) => {
          expect(program.restore(whole.saved).ok).toBe(true);
          go(program, 3, 5);
          expect(await program.state()).toEqual(whole.state);
        });
      }
    });

    // Batch norm's statistics do see the fillers, which are real examples for that reason.
    if (!has(plan, 'batchNorm')) {
      it('gives fillers no say', async () => {
        await using('cpu', plan, optionsFor(), async (program) => {
          const [tame, wild] = [batchFor(plan, SIZE, 5, 3), batchFor(plan, SIZE, 5, 3)];
          wild.inputs.forEach((values) => values.fill(40, (values.length * (SIZE - 3)) / SIZE));
          wild.targets.forEach((values) => values.fill(2, SIZE - 3));
          const [a, b] = [await program.gradients(tame), await program.gradients(wild)];
          expect(b.loss).toBe(a.loss);
          for (const [key, gradient] of Object.entries(a.gradients)) {
            expect(maxDifference(b.gradients[key]!, gradient), key).toBeLessThan(1e-6);
          }
        });
      });
    }
  });
}
