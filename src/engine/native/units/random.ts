import { hash32 } from '@/core/random';
import { alphaDropoutScaling, SATURATION } from '@/layers/shared/masks';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { merge } from '../pairing';
import type { Place } from '../region';
import type { Word } from '../tape';

/** The stream that a layer draws from, of the step that the control says. */
const streamOf = ({ layer }: NativeUnit, build: Builder): readonly Word[] => [build.control, hash32(`layer/${layer.path}`) | 0];

/** Numbers with fewer bits than this are dropped: as whole bits are compared, the next whole number above. */
const thresholdOf = (rate: number) => Math.ceil(rate * 2 ** 32) | 0;

const float = (value: number) => ({ float: value });

/**
 * In training y = work(x), and the gradient likewise, both in place where that is free; else nothing. No instruction
 * reads x or y again: what was drawn is drawn anew.
 */
function drawing(
  unit: NativeUnit, build: Builder, isIdle: boolean, work: (from: Place, to: Place, isGradient: boolean) => void,
): readonly Value[] | null {
  const [x] = unit.inputs;
  if (!x) return null;
  if (!build.training || isIdle) return [build.reshaped(unit, x, x.shape)];
  const y = build.inPlace(unit) ?? build.value(unit, x.shape);
  work(x.place, y.place, false);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    work(dy, dy, true);
    build.giveGradient(x, dy);
  });
  return [y];
}

/** Factors of 0 or 1/(1 − rate). */
const dropWords = (unit: NativeUnit, build: Builder, count: number, rate: number): readonly Word[] => [
  ...streamOf(unit, build), count, thresholdOf(rate), float(0), float(1 / (1 - rate)), float(0), float(0),
];

export const dropout: UnitCompiler = {
  types: ['dropout'],
  compile: (unit, build) => {
    const rate = Number(unit.layer.params.rate);
    const count = sizeOf(unit.inputs[0]?.shape ?? []);
    return drawing(unit, build, rate === 0, (from, to) => build.emit('drop', from, to, ...dropWords(unit, build, count, rate)));
  },
};

/** What falls away comes to α′; mean and variance are brought back. */
export const alphaDropout: UnitCompiler = {
  types: ['alphaDropout'],
  compile: (unit, build) => {
    const rate = Number(unit.layer.params.rate);
    const count = sizeOf(unit.inputs[0]?.shape ?? []);
    const { a, b } = alphaDropoutScaling(rate);
    return drawing(unit, build, rate === 0, (from, to, isGradient) => {
      const offsets = isGradient ? [0, 0] : [a * SATURATION + b, b];
      build.emit('drop', from, to, ...streamOf(unit, build), count, thresholdOf(rate), float(0), float(a), ...offsets.map(float));
    });
  },
};

/** Whole examples, or whole channels of them: a factor for each, drawn once a step. */
export const stochasticDepth: UnitCompiler = {
  types: ['stochasticDepth', 'spatialDropout'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    if (!x) return null;
    const rate = Number(unit.layer.params.rate);
    const last = x.shape.length - 1;
    const shape = x.shape.map((size, axis) => (axis === 0 || (axis === last && unit.layer.type === 'spatialDropout') ? size : 1));
    let mask: Place | null = null;
    return drawing(unit, build, rate === 0, (from, to) => {
      if (!mask) {
        mask = build.passing(sizeOf(shape));
        build.emit('fill', mask, sizeOf(shape), float(1));
        build.emit('drop', mask, mask, ...dropWords(unit, build, sizeOf(shape), rate));
      }
      merge(build, 'product', [{ shape: x.shape, place: from }, { shape, place: mask }], to);
    });
  },
};

export const noises: UnitCompiler = {
  types: ['gaussianDropout', 'gaussianNoise'],
  compile: (unit, build) => {
    const { rate, deviation } = unit.layer.params;
    const multiplies = unit.layer.type === 'gaussianDropout';
    const sigma = multiplies ? Math.sqrt(Number(rate) / (1 - Number(rate))) : Number(deviation);
    const count = sizeOf(unit.inputs[0]?.shape ?? []);
    return drawing(unit, build, sigma === 0, (from, to, isGradient) => {
      // What was added changes no gradient.
      if (isGradient && !multiplies) return;
      build.emit('noise', from, to, ...streamOf(unit, build), count, float(Number(multiplies)), float(sigma), Number(multiplies));
    });
  },
};
