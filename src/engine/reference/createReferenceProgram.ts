import type { Tensor } from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { parseOptimizer } from '@/recipe/check';
import { metrics } from '@/recipe/registry';
import type { PreparedBackend } from '../backends/prepare';
import { initialWeights } from '../initialise';
import type { Tf } from '../kernels/tf';
import type { Batch, OnPhase, Program, ProgramOptions, StepReport } from '../program';
import { compileAhead } from './compileAhead';
import { diagnose } from './diagnose';
import { evaluate } from './evaluate';
import { buildNetwork } from './network';
import { headsOf, type Objective, penaltiesOf, upload } from './objective';
import { type Optimiser, optimise } from './optimise';
import { backward } from './passes';
import { infer, outputTensors } from './predict';
import { restored, sizeOf, Snapshots, stateShapes } from './snapshot';
import { read, readAll } from './tensors';

/** What is still on the device of a step's report. */
interface Pending {
  /** The step's number, from 1. */
  readonly step: number;
  readonly counted: number;
  /** Mean loss and sum of the metric: [2]. */
  readonly numbers: Tensor;
}

/**
 * The program that runs what is exported: the plan's topology as stock tfjs builds it, under a gradient tape of our
 * own. Other implementations are held to it.
 * Fails with a problem where the recipe or an initialiser is unknown, or tfjs refuses the topology.
 */
export async function createReferenceProgram(
  tf: Tf,
  plan: Plan,
  { recipe, seed, task, trains = false }: ProgramOptions,
  backend: PreparedBackend,
  onPhase: OnPhase = () => {},
): Promise<Result<Program, Problem>> {
  const parsedOptimizer = parseOptimizer(recipe.optimizer);
  if (!parsedOptimizer.ok) return firstOf(parsedOptimizer.error);
  const initial = initialWeights(plan, seed);
  if (!initial.ok) return initial;
  const built = await buildNetwork(tf, plan);
  if (!built.ok) return built;

  const network = built.value;
  const heads = headsOf(plan, network, recipe.loss, task);
  if (!heads.ok) return firstOf(heads.error);
  const optimiser: Optimiser = { ...parsedOptimizer.value, recipe };
  const metric = [...metrics.values()].find((each) => each.task === task) ?? null;
  const objective: Objective = { heads: heads.value, penalties: penaltiesOf(plan), metric, task };
  const planned = plan.layers.flatMap((layer) => layer.weights);
  const trainable = planned.filter((weight) => weight.trainable).map(({ key }) => key);
  const shapes = stateShapes(planned, optimiser.definition.slots);

  if (trains) {
    const steps = { network, objective, optimiser, trainable, shapes, batchSize: recipe.batchSize };
    await compileAhead(tf, steps, (share) => onPhase('Compiling shaders', share));
  }

  const zeros = Object.fromEntries(
    [...shapes.slots].map(([key, shape]) => [key, new Float32Array(sizeOf(shape))]),
  );
  const first = restored(tf, { step: 0, weights: {}, slots: {} }, { weights: initial.value, slots: zeros }, shapes);
  if (!first.ok) return first;
  const snapshots = new Snapshots(first.value);
  let pending: Pending[] = [];

  /** tfjs computes on one backend at a time; another program may have chosen another since. It switches at once. */
  const onOwnBackend = () => {
    if (tf.getBackend() !== backend.name) void tf.setBackend(backend.name);
  };
  const passHere = () => ({ weights: snapshots.current.weights, seed, step: snapshots.current.step });
  const run = async (wanted: readonly string[], inputs: readonly Float32Array[], count: number) => {
    onOwnBackend();
    return infer(tf, network, snapshots.current.weights, wanted, inputs, count, recipe.batchSize);
  };

  return ok({
    plan,
    backend: backend.detail,
    step: (batch, learningRate) => {
      onOwnBackend();
      const { next, numbers, counted } = tf.tidy(() => {
        const given = upload(tf, network, objective, batch);
        const passed = backward(tf, network, objective, trainable, given, passHere());
        return {
          next: optimise(tf, optimiser, snapshots.current, passed, learningRate),
          numbers: tf.stack([passed.loss, passed.metric ?? tf.scalar(0)]),
          counted: given.counted,
        };
      });
      snapshots.replace(next);
      pending.push({ step: next.step, counted, numbers });
    },
    read: async () => {
      onOwnBackend();
      const reported = pending;
      pending = [];
      if (reported.length === 0) return [];
      const joined = tf.tidy(() => tf.concat(reported.map(({ numbers }) => numbers)));
      tf.dispose(reported.map(({ numbers }) => numbers));
      const numbers = await read(joined);
      joined.dispose();
      return reported.map(({ counted }, i): StepReport => ({
        loss: numbers[2 * i] ?? NaN,
        correct: metric ? (numbers[2 * i + 1] ?? NaN) : null,
        counted,
      }));
    },
    evaluate: (batches) => {
      onOwnBackend();
      return evaluate(tf, network, objective, snapshots.current.weights, batches);
    },
    predict: async (inputs, count) => {
      const names = outputTensors(plan, network);
      const values = await run([...new Set(names)], inputs, count);
      return names.map((name) => values.get(name) ?? new Float32Array());
    },
    activations: async (inputs, count) => {
      const values = await run([...new Set([...network.outputsOf.values()].flat())], inputs, count);
      return Object.fromEntries(
        plan.layers.map(({ path }) => [
          path,
          (network.outputsOf.get(path) ?? []).map((name) => values.get(name) ?? new Float32Array()),
        ]),
      );
    },
    gradients: async (batch: Batch) => {
      onOwnBackend();
      const passed = tf.tidy(() => {
        const { loss: value, gradients } = backward(
          tf, network, objective, trainable, upload(tf, network, objective, batch), passHere(),
        );
        return { value, gradients };
      });
      const [mean] = await read(passed.value);
      const gradients = await readAll(passed.gradients);
      tf.dispose(passed);
      return { loss: mean ?? NaN, gradients };
    },
    weights: () => readAll(snapshots.current.weights),
    state: async () => {
      const { step, weights, slots } = snapshots.current;
      return { step, weights: await readAll(weights), slots: await readAll(slots) };
    },
    restore: (state) => {
      onOwnBackend();
      const next = restored(tf, snapshots.current, state, shapes);
      if (!next.ok) return next;
      snapshots.replace(next.value);
      return ok(null);
    },
    mark: () => snapshots.mark(),
    rewind: () => {
      const { marked } = snapshots;
      if (!marked) return;
      const undone = pending.filter(({ step }) => step > marked.step);
      tf.dispose(undone.map(({ numbers }) => numbers));
      pending = pending.filter((each) => !undone.includes(each));
      snapshots.rewind();
    },
    diagnose: (batch, learningRate) => {
      onOwnBackend();
      const onDevice = () => upload(tf, network, objective, batch);
      const parts = { network, objective, optimiser, trainable, seed };
      return diagnose(tf, plan, parts, snapshots.current, onDevice, learningRate);
    },
    memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
    dispose: () => {
      tf.dispose(pending.map(({ numbers }) => numbers));
      pending = [];
      snapshots.dispose();
    },
  });
}

const firstOf = (problems: readonly Problem<unknown>[]): Result<never, Problem> => {
  const [first] = problems;
  return err({
    severity: 'error',
    code: first?.code ?? 'recipe',
    message: first?.message ?? 'The recipe can’t be used.',
  });
};
