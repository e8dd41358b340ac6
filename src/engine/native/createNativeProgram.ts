import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { parseOptimizer } from '@/recipe/check';
import { initialWeights } from '../initialise';
import type { Batch, Program, ProgramOptions } from '../program';
import { yieldToEvents } from '../reference/tensors';
import type { Bridge } from './assemble';
import type { Moment } from './bridge';
import { diagnose } from './diagnose';
import { headsOf, readingOf } from './heads';
import { createInference } from './inference';
import { createTraining, type Training } from './training';
import { optimiserOf } from './optimiser';
import { OutOfMemory } from './machine';
import { startMachine } from './startMachine';
import { Store } from './store';
import type { NativeSurroundings } from './surroundings';

/** Layers that the kernels lack are computed elsewhere; asked for when there are any. */
export type OpenBridge = (plan: Plan, moment: () => Moment) => Promise<Result<Bridge, Problem>>;

/**
 * The program that runs a plan on our own kernels: buffers laid out once, one call a step. `null` in place of a program
 * where the recipe asks for what they have not: another implementation has to.
 */
export async function createNativeProgram(
  surroundings: NativeSurroundings,
  plan: Plan,
  { recipe, seed, task }: ProgramOptions,
  openBridge: OpenBridge,
): Promise<Result<Program | null, Problem>> {
  const optimizer = parseOptimizer(recipe.optimizer);
  if (!optimizer.ok) return firstOf(optimizer.error);
  const heads = headsOf(plan, recipe.loss, task);
  if (!heads.ok) return firstOf(heads.error);
  const optimiser = optimiserOf(optimizer.value, recipe);
  if (!heads.value || !optimiser) return ok(null);
  const started = await startMachine(surroundings);
  if (!started.ok) return started;
  const { machine, detail, release } = started.value;

  let step = 0;
  let marked = 0;
  let lost = false;
  const moment = () => ({ seed, step });
  try {
    const store = new Store(machine, plan.layers.flatMap(({ weights }) => weights), optimizer.value.definition.slots);
    // Not before they are known to fit.
    const initial = initialWeights(plan, seed);
    if (!initial.ok) {
      release();
      return initial;
    }
    store.restore({ weights: initial.value });
    const parts = { machine, store, plan, heads: heads.value, task, batch: recipe.batchSize, optimiser };
    let bridge: Bridge | null = null;
    const first = createTraining(parts, bridge, false);
    if ('foreign' in first) {
      const opened = await openBridge(plan, moment);
      if (!opened.ok) {
        release();
        return opened;
      }
      bridge = opened.value;
    }
    const trainingWith = (keepAll: boolean): Training => {
      const made = createTraining(parts, bridge, keepAll);
      if ('foreign' in made) throw new Error(`nothing computes ${made.foreign.join(', ')}`);
      return made;
    };
    const trainer = 'foreign' in first ? trainingWith(false) : first;
    const inference = createInference(parts, bridge, false);
    const observer = lazily(() => createInference(parts, bridge, true));
    const examiner = lazily(() => trainingWith(true));

    let reports: { step: number; loss: number; correct: number | null; counted: number }[] = [];
    const counted = ({ counts }: Batch) => counts.reduce((sum, count) => sum + count, 0);
    const hasMetric = task === 'classes';
    return ok({
      plan,
      backend: bridge ? `${detail} · some layers on tfjs` : detail,
      step: (batch, learningRate) => {
        const { loss, metric } = trainer.step(batch, { learningRate, seed, step });
        step += 1;
        reports.push({ step, loss, correct: hasMetric ? metric : null, counted: counted(batch) });
      },
      read: () => {
        const all = reports.map(({ loss, correct, counted: count }) => ({ loss, correct, counted: count }));
        reports = [];
        return Promise.resolve(all);
      },
      evaluate: async (batches) => {
        const last = trainer.outputs.at(-1);
        const classes = task === 'classes' && last ? Math.max(2, readingOf(last).columns) : 0;
        const confusion = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
        let [loss, correct, total] = [0, 0, 0];
        for (const batch of batches) {
          const result = inference.evaluate(batch);
          loss += result.loss;
          correct += result.metric;
          batch.counts.forEach((count, i) => {
            total += count;
            const row = confusion[batch.targets.at(-1)?.[i] ?? -1];
            const column = result.classes[i];
            if (row && column !== undefined && row[column] !== undefined) row[column] += count;
          });
        }
        await yieldToEvents();
        return {
          loss: loss / total + inference.penalty(),
          accuracy: hasMetric ? correct / total : null,
          confusion: classes > 0 ? confusion : null,
        };
      },
      predict: (inputs, count) => inference.predict(inputs, count),
      activations: (inputs, count) => observer().activations(inputs, count),
      gradients: (batch) => {
        const { loss } = trainer.gradients(batch, { learningRate: 0, seed, step });
        return Promise.resolve({ loss, gradients: store.gradients() });
      },
      weights: () => Promise.resolve(store.weights()),
      state: () => Promise.resolve({ step, weights: store.weights(), slots: store.slots() }),
      restore: (state) => {
        const restored = store.restore(state);
        if (restored.ok && state.step !== undefined) step = state.step;
        return restored;
      },
      mark: () => {
        store.mark();
        marked = step;
      },
      rewind: () => {
        store.rewind();
        step = marked;
        reports = reports.filter((report) => report.step <= marked);
      },
      diagnose: (batch, learningRate) => Promise.resolve(diagnose(parts, examiner(), batch, { learningRate, seed, step })),
      memory: () => (lost ? { tensors: 0, bytes: 0 } : { tensors: 1, bytes: machine.bytes }),
      dispose: () => {
        if (!lost) release();
        lost = true;
      },
    });
  } catch (error) {
    release();
    if (error instanceof OutOfMemory) {
      const message = `In batches of ${recipe.batchSize} the network is too large for the backend wasm: ${error.message}. Choose a smaller batch or smaller layers.`;
      return err(problem('program.memory', message, { params: ['batchSize'] }));
    }
    const reason = error instanceof Error ? error.message : String(error);
    return err(problem('program.build', `The network could not be built for this backend: ${reason}.`));
  }
}

/** Made when first asked for: most runs never ask. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

const firstOf = (problems: readonly Problem<unknown>[]): Result<never, Problem> => {
  const [first] = problems;
  return err({ severity: 'error', code: first?.code ?? 'recipe', message: first?.message ?? 'The recipe can’t be used.' });
};
