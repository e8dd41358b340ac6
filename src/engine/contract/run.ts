import { describe, expect, it } from 'vitest';
import type { Plan } from '@/compiler/plan';
import type { ProgramOptions } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { inTurn, maxDifference, norm } from '../testing/numbers';
import { networks, planOf } from '../testing/plans';
import { type Factory, SIZE, type Using, warmUp } from './factory';

/** Randomness, evaluation, the recipe, states and memory. */
export function runContract(using: Using, create: Factory): void {
  describe('a run', () => {
    it('draws other dropout masks each step, and the same ones for the same seed', async () => {
      const plan = planOf(networks.dropout!);
      const batch = batchFor(plan, SIZE, 1);
      const losses = (seed: number) =>
        using('cpu', plan, { ...optionsFor(), seed: 3 }, async (program) => {
          // The weights are those of seed 3 throughout: only masks differ.
          const { weights } = await program.state();
          return using('cpu', plan, { ...optionsFor(), seed }, async (other) => {
            other.restore({ weights });
            for (let i = 0; i < 4; i += 1) other.step(batch, 0);
            return (await other.read()).map(({ loss }) => loss);
          });
        });
      const [once, again, different] = await inTurn([3, 3, 4], losses);
      expect(again).toEqual(once);
      expect(different).not.toEqual(once);
      expect(new Set(once).size).toBe(4);
    });

    it('changes nothing by gradients, evaluation, prediction or diagnosis', async () => {
      const plan = planOf(networks['a residual block with batch norm']!);
      await using('wasm', plan, optionsFor(), async (program) => {
        warmUp(program, plan);
        const before = await program.state();
        const batch = batchFor(plan, SIZE, 1);
        await program.gradients(batch);
        await program.evaluate([batch]);
        await program.predict(batch.inputs, SIZE);
        expect(await program.diagnose(batch, 0.1)).toBeNull();
        expect(await program.state()).toEqual(before);
      });
    });

    it('evaluates by counts: confusion adds up to accuracy, and the loss is −log of the probabilities', async () => {
      const plan = planOf(networks['an MLP']!);
      await using('wasm', plan, optionsFor(), async (program) => {
        warmUp(program, plan);
        const batches = Array.from({ length: 20 }, (_, i) => batchFor(plan, SIZE, i, i === 19 ? 5 : 0));
        const { loss, accuracy, confusion } = await program.evaluate(batches);
        const counted = 20 * SIZE - 5;
        expect(confusion!.flat().reduce((a, b) => a + b)).toBe(counted);
        expect(accuracy).toBeCloseTo(confusion!.reduce((sum, row, i) => sum + row[i]!, 0) / counted, 6);
        let expected = 0;
        const rows = [0, 0, 0];
        for (const batch of batches) {
          const [probabilities] = await program.predict(batch.inputs, SIZE);
          batch.counts.forEach((count, i) => {
            const truth = batch.targets[0]![i]!;
            rows[truth]! += count;
            expected -= (count * Math.log(probabilities![3 * i + truth]!)) / counted;
          });
        }
        expect(loss).toBeCloseTo(expected, 5);
        expect(confusion!.map((row) => row.reduce((a, b) => a + b))).toEqual(rows);
      });
    });

    it('evaluates and predicts any number of examples at once, more than a batch and fewer', async () => {
      const plan = planOf(networks['an MLP']!);
      await using('wasm', plan, optionsFor(), async (program) => {
        warmUp(program, plan);
        for (const count of [3, SIZE, 19]) {
          const batch = batchFor(plan, count, 1, 1);
          const { loss, accuracy } = await program.evaluate([batch]);
          const [probabilities] = await program.predict(batch.inputs, count);
          const rows = Array.from({ length: count - 1 }, (_, i) => [...probabilities!.subarray(3 * i, 3 * i + 3)]);
          const truth = batch.targets[0]!;
          const expected = rows.reduce((sum, row, i) => sum - Math.log(row[truth[i]!]!), 0) / rows.length;
          expect(loss).toBeCloseTo(expected, 5);
          const right = rows.filter((row, i) => row.indexOf(Math.max(...row)) === truth[i]).length;
          expect(accuracy).toBeCloseTo(right / rows.length, 6);
        }
      });
    });

    it('gives the outputs of every layer, a marker those of what it marks', async () => {
      const plan = planOf(networks['an inception cell']!);
      await using('wasm', plan, optionsFor(), async (program) => {
        const { inputs } = batchFor(plan, 11, 1);
        const all = await program.activations(inputs, 11);
        expect(Object.keys(all)).toEqual(plan.layers.map(({ path }) => path));
        expect(all.in![0]).toEqual(inputs[0]);
        expect(all.out![0]).toEqual((await program.predict(inputs, 11))[0]);
        expect(all.j![0]!.length).toBe(11 * 6 * 6 * 7);
        // A concatenation along channels: pixel by pixel 2 of a, 3 of b, 2 of the pool.
        expect([...all.j![0]!.subarray(7, 9)]).toEqual([...all.a![0]!.subarray(2, 4)]);
        expect([...all.j![0]!.subarray(9, 12)]).toEqual([...all.b![0]!.subarray(3, 6)]);
      });
    });

    it('clips to the norm and decays kernels alone', async () => {
      const plan = planOf(networks['an MLP']!);
      const batch = batchFor(plan, SIZE, 1);
      const stepOf = (recipe: Partial<ProgramOptions['recipe']>) =>
        using('cpu', plan, optionsFor({ optimizer: { type: 'sgd', params: {} }, ...recipe }), async (program) => {
          const before = await program.weights();
          const { gradients } = await program.gradients(batch);
          program.step(batch, 1);
          const after = await program.weights();
          const moved = Object.fromEntries(
            Object.entries(before).map(([key, old]) => [key, old.map((value, i) => value - after[key]![i]!)]),
          );
          return { before, gradients, moved };
        });
      const clipped = await stepOf({ clipNorm: 0.01 });
      expect(norm(clipped.moved)).toBeCloseTo(0.01, 6);
      const decayed = await stepOf({ weightDecay: 0.1 });
      for (const [key, gradient] of Object.entries(decayed.gradients)) {
        const expected = gradient.map((g, i) => g + (key.endsWith('/kernel') ? 0.1 * decayed.before[key]![i]! : 0));
        expect(maxDifference(decayed.moved[key]!, expected), key).toBeLessThan(1e-6);
      }
    });

    it('adds the losses of several outputs, each by its weight', async () => {
      const lossesOf = (aux: number, main: number) => {
        const plan = planOf([
          ...networks['two outputs']!.filter(([id]) => id !== 'aux' && id !== 'out'),
          ['aux', 'output', { weight: aux }, ['d1']],
          ['out', 'output', { weight: main, loss: 'crossEntropy' }, ['d2']],
        ]);
        return using('cpu', plan, optionsFor(), (program) => program.gradients(batchFor(plan, SIZE, 1)));
      };
      const [auxiliary, main, both] = await inTurn(
        [
          [1, 0],
          [0, 1],
          [0.3, 1],
        ] as const,
        ([a, b]) => lossesOf(a, b),
      );
      expect(both!.loss).toBeCloseTo(0.3 * auxiliary!.loss + main!.loss, 6);
      for (const [key, gradient] of Object.entries(both!.gradients)) {
        const expected = gradient.map((_, i) => 0.3 * auxiliary!.gradients[key]![i]! + main!.gradients[key]![i]!);
        expect(maxDifference(gradient, expected), key).toBeLessThan(1e-6);
      }
    });

    it('adds λ₁Σ|w| + λ₂Σw² of the weights that are penalised to the loss', async () => {
      const plain = planOf(networks['an MLP']!);
      const penalty = { l1: 0.02, l2: 0.3 };
      const penalised: Plan = {
        ...plain,
        layers: plain.layers.map((layer) =>
          layer.path === 'h2'
            ? { ...layer, weights: layer.weights.map((w) => (w.name === 'kernel' ? { ...w, penalty } : w)) }
            : layer,
        ),
      };
      const batch = batchFor(plain, SIZE, 1);
      const [without, within] = await inTurn([plain, penalised], (plan) =>
        using('cpu', plan, optionsFor(), async (program) => ({
          ...(await program.gradients(batch)),
          evaluated: (await program.evaluate([batch])).loss,
          kernel: (await program.weights())['h2/kernel']!,
        })),
      );
      const size = without!.kernel.reduce((sum, w) => sum + 0.02 * Math.abs(w) + 0.3 * w * w, 0);
      expect(within!.loss - without!.loss).toBeCloseTo(size, 5);
      expect(within!.evaluated - without!.evaluated).toBeCloseTo(size, 5);
      const gradient = within!.gradients['h2/kernel']!.map((g, i) => g - without!.gradients['h2/kernel']![i]!);
      const expected = without!.kernel.map((w) => 0.02 * Math.sign(w) + 0.6 * w);
      expect(maxDifference(gradient, expected)).toBeLessThan(1e-6);
    });

    it('refuses weights of another network in words, and keeps its own', async () => {
      const plan = planOf(networks['an MLP']!);
      await using('cpu', plan, optionsFor(), async (program) => {
        const before = await program.state();
        const foreign = { 'h1/bias': new Float32Array(7).fill(1), 'h1/kernel': new Float32Array(4) };
        const wrong = program.restore({ step: 9, weights: foreign });
        expect(wrong).toMatchObject({ ok: false, error: { code: 'state.size', expected: '35', got: '4' } });
        expect(program.restore({ weights: { 'h9/kernel': new Float32Array(4) } })).toMatchObject({
          ok: false,
          error: { code: 'state.unknown' },
        });
        expect(await program.state()).toEqual(before);
      });
    });

    it('refuses a recipe that it does not know', async () => {
      const options = optionsFor({ optimizer: { type: 'magic', params: {} } });
      const program = await create('cpu', planOf(networks['an MLP']!), options);
      expect(program).toMatchObject({ ok: false, error: { code: 'recipe.optimizer' } });
    });

    it('holds as many tensors after 500 steps as after 5, and none when disposed', { timeout: 60_000 }, async () => {
      const plan = planOf([
        ['in', 'input', { shape: [6, 6, 1] }],
        ['c', 'conv2d', { filters: 3, bias: false }],
        ['b', 'batchNorm', {}],
        ['a', 'activation', { activation: 'relu' }],
        ['f', 'flatten'],
        ['drop', 'dropout', {}],
        ['d', 'dense', { units: 3, activation: 'softmax' }],
        ['out', 'output'],
      ]);
      let empty = -1;
      await using('wasm', plan, optionsFor({ clipNorm: 1, batchSize: 4 }), async (program) => {
        const go = async (steps: number) => {
          for (let i = 0; i < steps; i += 1) {
            program.step(batchFor(plan, 4, i), 0.01);
            if (i % 7 === 0) program.mark();
            if (i % 50 === 11) program.rewind();
          }
          program.mark();
          await program.read();
          await program.evaluate([batchFor(plan, 4, 1), batchFor(plan, 4, 2)]);
          await program.predict(batchFor(plan, 4, 1).inputs, 4);
          await program.activations(batchFor(plan, 4, 1).inputs, 4);
          await program.gradients(batchFor(plan, 4, 1));
          await program.diagnose(batchFor(plan, 4, 1), Infinity);
          program.restore(await program.state());
          return program.memory();
        };
        const early = await go(5);
        expect(await go(495)).toEqual(early);
        program.step(batchFor(plan, 4, 1), 0.01);
        program.dispose();
        empty = program.memory().tensors;
      });
      expect(empty).toBe(0);
    });
  });
}
