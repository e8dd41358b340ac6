import { withBatch } from './assemble';
import type { Builder, NativeUnit, Value } from './builder';
import { type Lines, resample, turned } from './lines';

/** A layer that makes each line of each axis of given shares of its input's. */
export function resampled(
  unit: NativeUnit,
  build: Builder,
  linesOf: (shape: readonly number[]) => readonly Lines[],
): readonly Value[] | null {
  const [x] = unit.inputs;
  if (!x) return null;
  const lines = linesOf(x.shape);
  const sizes = x.shape.slice(1, -1);
  const y = build.value(unit, withBatch(unit.layer, x.shape[0] ?? 1));
  resample(build, x.shape, lines, x.place, y.place);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    const shape = [x.shape[0] ?? 1, ...lines.map(({ length }) => length), x.shape.at(-1) ?? 1];
    const back = lines.map((each, axis) => turned(each, sizes[axis] ?? 1));
    build.addGradient(x, (to, add) => resample(build, shape, back, dy, to, add));
  });
  return [y];
}
