import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { merge, mergeGradient } from '../pairing';
import { columnSums } from '../product';
import type { Place } from '../region';

const AXES = 5;

const stridesOf = (shape: readonly number[]): readonly number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** to[i₀, i₁, …] = from[Σ iₖ·strideₖ] (+ to). */
function emitPermuted(
  build: Builder, from: Place, to: Place, sizes: readonly number[], strides: readonly number[], add: boolean,
): void {
  const ones = Array.from({ length: AXES - sizes.length }, () => 1);
  build.emit('permute', from, to, ...ones, ...sizes, ...ones.map(() => 0), ...strides, Number(add));
}

function compilePermutation(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  if (!x || x.shape.length > AXES) return null;
  const order = [0, ...(unit.layer.params.order as readonly number[])];
  const through = <T>(values: readonly T[], axes: readonly number[]) => axes.map((axis) => values[axis]!);
  const shape = through(x.shape, order);
  const y = build.value(unit, shape);
  emitPermuted(build, x.place, y.place, shape, through(stridesOf(x.shape), order), false);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    const back = order.map((_, axis) => order.indexOf(axis));
    build.addGradient(x, (to, add) => emitPermuted(build, dy, to, x.shape, through(stridesOf(shape), back), add));
  });
  return [y];
}

export const permute: UnitCompiler = { types: ['permute'], compile: compilePermutation };

function compileRepetition(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const [rows = 1, features = 1] = x?.shape ?? [];
  if (!x) return null;
  const shape = [rows, Number(unit.layer.params.count), features];
  const y = build.value(unit, shape);
  emitPermuted(build, x.place, y.place, shape, [features, 0, 1], false);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    const one = { shape: [rows, 1, features], place: x.place };
    build.addGradient(x, (to, add) => mergeGradient(build, 'sum', dy, one, { shape, place: dy }, to, { add }));
  });
  return [y];
}

export const repeatVector: UnitCompiler = { types: ['repeatVector'], compile: compileRepetition };

/** Rows of a table by indices, which have no gradient. */
function compileEmbedding(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { embeddings } = unit.weights;
  if (!x || !embeddings) return null;
  const [words = 1, features = 1] = embeddings.shape;
  const rows = sizeOf(x.shape);
  const y = build.value(unit, [...x.shape, features]);
  build.emit('look_up', x.place, embeddings.place, y.place, rows, features, words);
  build.readsBack(x);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    // Gradients of weights are 0 when the way back begins.
    if (dy && embeddings.gradient) build.emit('look_up_gradient', x.place, dy, embeddings.gradient, rows, features, words);
  });
  return [y];
}

export const embedding: UnitCompiler = { types: ['embedding'], compile: compileEmbedding };

/** Learnt positions; sines and cosines are tfjs's. */
function compilePositions(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { positions } = unit.weights;
  if (!x || !positions) return null;
  const y = build.inPlace(unit) ?? build.value(unit, x.shape);
  merge(build, 'sum', [x, { shape: [1, ...positions.shape], place: positions.place }], y.place);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    if (positions.gradient) columnSums(build, dy, x.shape[0] ?? 1, sizeOf(positions.shape), positions.gradient);
    build.giveGradient(x, dy);
  });
  return [y];
}

export const positionalEncoding: UnitCompiler = { types: ['positionalEncoding'], compile: compilePositions };
