import { withBatch } from './assemble';
import { type Builder, type NativeUnit, sizeOf, type Value } from './builder';
import { floatsAfter, type Lines, lineWords, type Plane, planesOf, rowsTogether } from './lines';
import type { Place } from './region';

/** Maxima of the pixels that windows see, and where they stood. */
interface Stage {
  readonly plane: Plane;
  readonly lines: readonly [Lines, Lines];
  readonly places: Place | null;
}

function emitMaxima(build: Builder, { plane, lines, places }: Stage, from: Place, to: Place): void {
  const { images, height, width, channels } = plane;
  const [rows, columns] = lines;
  build.emit(
    'max_pool', from, to, places ?? 0, images, height, width, channels, ...lineWords(rows), ...lineWords(columns),
    rowsTogether(columns.length, channels),
  );
}

function emitGradient(build: Builder, { plane, lines, places }: Stage, from: Place, to: Place, add: boolean): void {
  const { images, height, width, channels } = plane;
  const [rows, columns] = lines;
  const windows = rows.length * columns.length;
  build.emit('max_pool_gradient', from, places ?? 0, to, images, height * width, windows, channels, Number(add));
}

type LinesOf = (shape: readonly number[]) => readonly Lines[];

/** A layer whose outputs are the maxima of the lines given, each channel by itself; the first of equal ones. */
export function maxima(unit: NativeUnit, build: Builder, linesOf: LinesOf): readonly Value[] | null {
  const found = stagedMaxima(unit, build, linesOf, false);
  return found && [found.y];
}

/** The same, and the places where they stood, as numbers; along one or two axes. */
export function maximaAndPlaces(unit: NativeUnit, build: Builder, linesOf: LinesOf): readonly Value[] | null {
  if ((unit.inputs[0]?.shape.length ?? 0) > 4) return null;
  const found = stagedMaxima(unit, build, linesOf, true);
  if (!found?.places) return null;
  const { y, places } = found;
  const indices = build.value(unit, y.shape, 1);
  build.emit('numbers', places, indices.place, sizeOf(y.shape));
  return [y, indices];
}

/** @param wanted whether places are needed beside the gradient too. */
function stagedMaxima(unit: NativeUnit, build: Builder, linesOf: LinesOf, wanted: boolean) {
  const [x] = unit.inputs;
  if (!x) return null;
  const y = build.value(unit, withBatch(unit.layer, x.shape[0] ?? 1));
  const stages = planesOf(x.shape, linesOf(x.shape)).map(({ plane, lines }): Stage => {
    const floats = floatsAfter(plane, lines);
    return { plane, lines, places: wanted || x.slope.needed ? build.passing(floats) : null };
  });
  let from = x.place;
  stages.forEach((stage, i) => {
    const to = i === stages.length - 1 ? y.place : build.passing(floatsAfter(stage.plane, stage.lines));
    emitMaxima(build, stage, from, to);
    from = to;
  });
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    build.addGradient(x, (to, add) => {
      let slope = dy;
      stages.toReversed().forEach((stage, i) => {
        const { images, height, width, channels } = stage.plane;
        const last = i === stages.length - 1;
        const target = last ? to : build.passing(images * height * width * channels);
        emitGradient(build, stage, slope, target, add && last);
        slope = target;
      });
    });
  });
  return { y, places: stages.at(-1)?.places ?? null };
}
