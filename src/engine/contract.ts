import { describe, expect, it } from 'vitest';
import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import { relativeError } from './kernels/testing';
import type { Program, ProgramOptions } from './program';
import { batchFor, optionsFor } from './testing/batches';
import { dot, inTurn, largest, maxDifference, norm, shifted, unit } from './testing/numbers';
import { networks, planOf } from './testing/plans';
import { stockOutputs } from './testing/stock';

/** Makes the implementation under test, ready on a backend. */
export type Factory = (backend: 'wasm' | 'cpu', plan: Plan, options: ProgramOptions) => Promise<Result<Program, Problem>>;

const SIZE = 8;
const optimizers = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam'].map((type) => ({ type, params: {} }));

const has = (plan: Plan, ...types: readonly string[]) => plan.layers.some(({ type }) => types.includes(type));

/** What every implementation of `Program` answers alike; each is held to it by calling this with its factory. */
export function programContract(name: string, create: Factory): void {
  async function using<T>(
    backend: 'wasm' | 'cpu',
    plan: Plan,
    options: ProgramOptions,
    body: (program: Program) => T | Promise<T>,
  ): Promise<T> {
    const program = await create(backend, plan, options);
    if (!program.ok) throw new Error(program.error.message);
    try {
      return await body(program.value);
    } finally {
      program.value.dispose();
    }
  }

  /** Batch norm's statistics begin at 0 and 1, and biases at 0: a few steps give all weights values of their own. */
  const warmUp = (program: Program, plan: Plan) => {
    for (let i = 0; i < 3; i += 1) program.step(batchFor(plan, SIZE, 100 + i), 0.05);
  };

  describe(`${name}: every network`, () => {
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
              const [near, far] = [(await lossAt(h)) - (await lossAt(-h)), (await lossAt(2 * h)) - (await lossAt(-2 * h))];
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

      it.skipIf(has(plan, 'batchNorm'))('gives fillers no say', async () => {
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
    });
  });

  describe(`${name}: a run`, () => {
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

    it('evaluates by counts: confusion adds up, accuracy is its diagonal, the loss is that of the probabilities', async () => {
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

    it('refuses weights of another network in words, and keeps its own', async () => {
      const plan = planOf(networks['an MLP']!);
      await using('cpu', plan, optionsFor(), async (program) => {
        const before = await program.state();
        const wrong = program.restore({ step: 9, weights: { 'h1/bias': new Float32Array(7).fill(1), 'h1/kernel': new Float32Array(4) } });
        expect(wrong).toMatchObject({ ok: false, error: { code: 'state.size', expected: '35', got: '4' } });
        expect(program.restore({ weights: { 'h9/kernel': new Float32Array(4) } })).toMatchObject({
          ok: false,
          error: { code: 'state.unknown' },
        });
        expect(await program.state()).toEqual(before);
      });
    });

    it('refuses a recipe that it does not know', async () => {
      const program = await create('cpu', planOf(networks['an MLP']!), optionsFor({ optimizer: { type: 'magic', params: {} } }));
      expect(program).toMatchObject({ ok: false, error: { code: 'recipe.optimizer' } });
    });

    describe('that diverges says where', () => {
      const plan = planOf(networks['a residual block with batch norm']!);
      const cases = plan.layers.filter(({ weights }) => weights.some(({ trainable }) => trainable)).map(({ path }) => path);

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
        ...optionsFor({ loss: 'squaredError', optimizer: { type: 'sgd', params: {} } }),
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
          ['h', 'dense', { units: 1 }],
          ['d', 'dense', { units: 1 }],
          ['out', 'output'],
        ]);
        await using('wasm', deep, regression, async (program) => {
          // h = 1e-30·1e10 = 1e-20 and ŷ = 1e30·1e-20 = 1e10; the gradient of h's kernel is 2·1e10·1e30·1e10.
          program.restore({ weights: { 'h/kernel': Float32Array.of(1e-30), 'd/kernel': Float32Array.of(1e30) } });
          expect(await program.diagnose(example(1e10), 0.1)).toEqual({ phase: 'gradient', path: 'h' });
        });
      });

      it('the loss alone is infinite', async () => {
        await using('wasm', line, regression, async (program) => {
          program.restore({ weights: { 'd/kernel': Float32Array.of(1) } });
          expect(await program.diagnose(example(1e25), 0.1)).toEqual({ phase: 'forward', path: null });
        });
      });
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
      await using('wasm', plan, optionsFor({ clipNorm: 1 }), async (program) => {
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
