import { sizeOf, type UnitCompiler } from '../builder';
import type { Word } from '../tape';

/** Each number by its neighbours along the channels. */
export const localResponseNorm: UnitCompiler = {
  types: ['localResponseNorm'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    if (!x) return null;
    const { params } = unit.layer;
    const size = Number(params.size);
    const channels = x.shape.at(-1) ?? 1;
    // What lies beyond all channels is 0.
    const before = Math.min(channels - 1, Math.floor(size / 2));
    const after = Math.min(channels - 1, Math.floor((size - 1) / 2));
    const numbers: readonly Word[] = [
      sizeOf(x.shape) / channels, channels, before, after, { float: Number(params.alpha) / size },
      { float: Number(params.beta) }, { float: Number(params.k) },
    ];
    const padded = channels + before + 1 + after + 8;
    const readsInput = build.training && x.slope.needed;
    const y = (readsInput ? null : build.inPlace(unit)) ?? build.value(unit, x.shape);
    build.needScratch(padded);
    build.emit('response', x.place, y.place, ...numbers);
    if (readsInput) build.readsBack(x);
    build.onBackward(() => {
      const dy = build.gradientOf(y);
      if (!dy || !x.slope.needed) return;
      build.needScratch(3 * padded);
      const there = build.gradientOf(x);
      build.emit('response_gradient', x.place, there ?? dy, ...numbers, dy, Number(there !== null));
      if (!there) build.giveGradient(x, dy);
    });
    return [y];
  },
};
