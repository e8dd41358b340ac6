import { withBatch } from '../assemble';
import type { Builder, NativeUnit, UnitCompiler, Value } from '../builder';

/** @param back blocks of pixels become channels. */
function shuffled(unit: NativeUnit, build: Builder, back: boolean): readonly Value[] | null {
  const [x] = unit.inputs;
  if (!x) return null;
  const [images = 1] = x.shape;
  const y = build.value(unit, withBatch(unit.layer, images));
  const [small, large] = back ? [y, x] : [x, y];
  const [, height = 1, width = 1] = small.shape;
  const sizes = [images * height, width, large.shape.at(-1) ?? 1, Number(unit.layer.params.factor)];
  build.emit('shuffle', x.place, y.place, ...sizes, Number(back), 0);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    build.addGradient(x, (to, add) => build.emit('shuffle', dy, to, ...sizes, Number(!back), Number(add)));
  });
  return [y];
}

export const pixelShuffle: UnitCompiler = {
  types: ['pixelShuffle'],
  compile: (unit, build) => shuffled(unit, build, false),
};

export const pixelUnshuffle: UnitCompiler = {
  types: ['pixelUnshuffle'],
  compile: (unit, build) => shuffled(unit, build, true),
};
