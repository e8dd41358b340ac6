import { axisAt } from '@/layers/shared/axes';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { shifted } from '../product';
import type { Place } from '../region';

/** A stretch along an axis, as runs of numbers at one pitch. */
interface Stretch {
  readonly rows: number;
  /** Numbers of a run, where the first one begins, and from one to the next. */
  readonly run: number;
  readonly from: number;
  readonly pitch: number;
}

const stretchOf = (shape: readonly number[], axis: number, begin: number, size: number): Stretch => {
  const inner = sizeOf(shape.slice(axis + 1));
  return { rows: sizeOf(shape.slice(0, axis)), run: size * inner, from: begin * inner, pitch: (shape[axis] ?? 1) * inner };
};

const takeOut = (build: Builder, { rows, run, from, pitch }: Stretch, whole: Place, piece: Place, add = false) =>
  build.emit(add ? 'accumulate' : 'copy', shifted(whole, from), piece, rows, run, pitch, run);
const putIn = (build: Builder, { rows, run, from, pitch }: Stretch, piece: Place, whole: Place, add = false) =>
  build.emit(add ? 'accumulate' : 'copy', piece, shifted(whole, from), rows, run, run, pitch);

const axisOf = ({ layer, inputs: [x] }: NativeUnit): number | null => axisAt(x?.shape ?? [], Number(layer.params.axis));

function compileConcatenation(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const { inputs } = unit;
  const axis = axisOf(unit);
  const [first] = inputs;
  if (axis === null || !first) return null;
  const sizes = inputs.map(({ shape }) => shape[axis] ?? 1);
  const shape = first.shape.with(axis, sizes.reduce((sum, size) => sum + size, 0));
  const y = build.value(unit, shape);
  let begin = 0;
  const stretches = sizes.map((size) => {
    const stretch = stretchOf(shape, axis, begin, size);
    begin += size;
    return stretch;
  });
  inputs.forEach(({ place }, i) => putIn(build, stretches[i]!, place, y.place));
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    inputs.forEach((input, i) => build.addGradient(input, (to, add) => takeOut(build, stretches[i]!, dy, to, add)));
  });
  return [y];
}

export const concatenate: UnitCompiler = { types: ['concatenate'], compile: compileConcatenation };

/** Stretches of the input one after the other, each at an output of its own. */
function compilePieces(unit: NativeUnit, build: Builder, axis: number, begin: number): readonly Value[] | null {
  const [x] = unit.inputs;
  if (!x) return null;
  let next = begin;
  const pieces = unit.layer.outputs.map((output, port) => {
    const shape = x.shape.with(axis, Number(output[axis]));
    const stretch = stretchOf(x.shape, axis, next, Number(output[axis]));
    next += Number(output[axis]);
    const value = build.value(unit, shape, port);
    takeOut(build, stretch, x.place, value.place);
    return { value, stretch };
  });
  build.onBackward(() => {
    const known = pieces.flatMap(({ value, stretch }) => {
      const slope = build.gradientOf(value);
      return slope ? [{ slope, stretch }] : [];
    });
    if (known.length === 0) return;
    const covered = known.reduce((sum, { stretch }) => sum + stretch.rows * stretch.run, 0);
    build.addGradient(x, (to, add) => {
      if (!add && covered < sizeOf(x.shape)) build.emit('fill', to, sizeOf(x.shape), { float: 0 });
      for (const { slope, stretch } of known) putIn(build, stretch, slope, to, add);
    });
  });
  return pieces.map(({ value }) => value);
}

export const slice: UnitCompiler = {
  types: ['slice'],
  compile: (unit, build) => {
    const axis = axisOf(unit);
    if (axis === null) return null;
    const begin = Number(unit.layer.params.begin);
    return compilePieces(unit, build, axis, begin < 0 ? (unit.inputs[0]?.shape[axis] ?? 1) + begin : begin);
  },
};

export const split: UnitCompiler = {
  types: ['split'],
  compile: (unit, build) => {
    const axis = axisOf(unit);
    return axis === null ? null : compilePieces(unit, build, axis, 0);
  },
};
