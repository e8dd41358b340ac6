import { permutation, randomStream } from '@/core/random';
import { elements } from '@/core/shape';
import type { DatasetDefinition, Examples, Split } from '@/datasets/define';
import type { Batch } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';
import { inputTransform, transformInto, type InputTransform } from './standardise';

/** Inference holds no activations, so small training batches needn't make evaluation slow. */
const SMALLEST_EVALUATION_BATCH = 64;

/** A set that is evaluated as a whole, in its stored order. */
export interface EvaluationSet {
  /** Examples; 0 is legal and means that there is nothing to evaluate. */
  readonly count: number;
  readonly batchCount: number;
  batch(index: number): Batch;
  /** Examples that count in that batch. */
  counted(index: number): number;
}

/** The batches of a run. Each follows from data, recipe, seed and step alone: nothing iterates, nothing is kept. */
export interface Batches {
  readonly trainCount: number;
  /** What was done to stored inputs; an export has to tell it. */
  readonly transform: InputTransform;
  /** Examples in each batch: the recipe's, or all where there are fewer. */
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** Batch of a step, counted from 0 over the whole run; arrays of its own. */
  batchAt(step: number): Batch;
  /** Examples that count in that batch. */
  countedAt(step: number): number;
  readonly validation: EvaluationSet;
  readonly test: EvaluationSet;
}

export interface BatchOptions {
  readonly examples: Examples;
  readonly dataset: Pick<DatasetDefinition, 'input' | 'task' | 'scale'>;
  readonly recipe: Pick<Recipe, 'batchSize' | 'validation' | 'shuffle' | 'inputs'>;
  readonly seed: number;
  /** At most so many examples of each part, drawn by the seed. */
  readonly limit?: number;
  /** Inputs and outputs of the network; each takes the same examples and targets. Default one each. */
  readonly ports?: { readonly inputs: number; readonly outputs: number };
}

/** Rows of the training split, drawn by the seed into disjoint parts; each in its stored order. */
export function drawParts(
  count: number,
  share: number,
  seed: number,
  limit = Infinity,
): { readonly train: Uint32Array; readonly validation: Uint32Array } {
  // At least one example is left to train on, however large the share.
  const held = Math.max(0, Math.min(Math.round(count * share), count - 1));
  const drawn = permutation(count, randomStream(seed, 'validation'));
  const part = (from: number, to: number): Uint32Array => drawn.slice(from, Math.min(to, from + limit)).sort();
  return { train: part(held, count), validation: part(0, held) };
}

function drawTest(count: number, seed: number, limit = Infinity): Uint32Array {
  if (count <= limit) return Uint32Array.from({ length: count }, (_, i) => i);
  return permutation(count, randomStream(seed, 'test')).slice(0, limit).sort();
}

export function makeBatches({ examples, dataset, recipe, seed, limit, ports }: BatchOptions): Batches {
  const parts = drawParts(examples.train.count, recipe.validation, seed, limit);
  const transform = inputTransform(recipe.inputs, examples.train, parts.train, dataset.input, dataset.scale);
  const layout: Layout = {
    size: elements([null, ...dataset.input]),
    width: dataset.task.kind === 'classes' ? 1 : dataset.task.names.length,
    transform,
    ports: ports ?? { inputs: 1, outputs: 1 },
  };
  const trainCount = parts.train.length;
  const batchSize = Math.min(recipe.batchSize, trainCount);
  const stepsPerEpoch = trainCount === 0 ? 0 : Math.ceil(trainCount / batchSize);
  const evaluated = (split: Split, rows: Uint32Array): EvaluationSet =>
    evaluationSet(split, rows, Math.max(batchSize, SMALLEST_EVALUATION_BATCH), layout);

  const orderOf = (epoch: number): Uint32Array => {
    if (!recipe.shuffle) return parts.train;
    return permutation(trainCount, randomStream(seed, 'shuffle', epoch)).map((position) => parts.train[position]!);
  };
  let latest: { readonly epoch: number; readonly order: Uint32Array } | null = null;

  return {
    transform,
    trainCount,
    batchSize,
    stepsPerEpoch,
    batchAt: (step) => {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (latest?.epoch !== epoch) latest = { epoch, order: orderOf(epoch) };
      return assemble(examples.train, latest.order, (step % stepsPerEpoch) * batchSize, batchSize, layout);
    },
    countedAt: (step) => Math.min(batchSize, trainCount - (step % stepsPerEpoch) * batchSize),
    validation: evaluated(examples.train, parts.validation),
    test: evaluated(examples.test, drawTest(examples.test.count, seed, limit)),
  };
}

interface Layout {
  /** Elements of one example's input. */
  readonly size: number;
  /** Numbers of one example's target. */
  readonly width: number;
  readonly transform: InputTransform;
  readonly ports: { readonly inputs: number; readonly outputs: number };
}

function evaluationSet(split: Split, rows: Uint32Array, wanted: number, layout: Layout): EvaluationSet {
  const count = rows.length;
  const batchSize = Math.min(wanted, count);
  return {
    count,
    batchCount: count === 0 ? 0 : Math.ceil(count / batchSize),
    batch: (index) => assemble(split, rows, index * batchSize, batchSize, layout),
    counted: (index) => Math.min(batchSize, count - index * batchSize),
  };
}

/**
 * The rows order[start … start + batchSize), as the network takes them. Past the end of the order it goes on from its
 * beginning, with examples that count for nothing: real ones, so that batch norm's statistics stay those of the data.
 * Fresh arrays each time: a backend may keep those of steps that it has queued.
 */
function assemble(split: Split, order: Uint32Array, start: number, batchSize: number, layout: Layout): Batch {
  const { size, width, transform, ports } = layout;
  const inputs = new Float32Array(batchSize * size);
  const targets = new Float32Array(batchSize * width);
  const counts = new Float32Array(batchSize);
  for (let i = 0; i < batchSize; i += 1) {
    const position = start + i;
    const counted = position < order.length;
    const row = order[counted ? position : position - order.length]!;
    transformInto(inputs, i * size, split.inputs, row * size, transform);
    for (let v = 0; v < width; v += 1) targets[i * width + v] = split.targets[row * width + v]!;
    counts[i] = counted ? 1 : 0;
  }
  return {
    inputs: new Array<Float32Array>(ports.inputs).fill(inputs),
    targets: new Array<Float32Array>(ports.outputs).fill(targets),
    counts,
  };
}
