import { defineInitializer, type InitializerDefinition } from '../define';
import { fill, truncatedDeviation, truncatedNormal, uniform } from './draw';

interface VarianceScaling {
  readonly type: string;
  readonly title: string;
  readonly reference: string;
  readonly scale: number;
  /** Over which fan the variance is divided. */
  readonly mode: 'fanIn' | 'fanAvg';
  readonly distribution: 'normal' | 'uniform';
}

/**
 * Draws with variance scale/n, n being the fan in or the mean of both fans. Uniform: within ±√(3·scale/n).
 * Normal: cut off at two standard deviations of the normal that is cut, widened by 1/0.8796 so that the variance
 * after the cut is scale/n, as in Keras (`VarianceScaling`). tfjs does not widen: its weights spread 12 % less.
 */
export function varianceScaling({
  type,
  title,
  reference,
  scale,
  mode,
  distribution,
}: VarianceScaling): InitializerDefinition {
  return defineInitializer({
    type,
    title,
    reference,
    params: {},
    // The class name that tfjs and Keras write for all of the family.
    stock: () => ({ className: 'VarianceScaling', config: { scale, mode, distribution, seed: null } }),
    sample: (shape, { fanIn, fanOut }, random) => {
      const variance = scale / Math.max(1, mode === 'fanIn' ? fanIn : (fanIn + fanOut) / 2);
      if (distribution === 'uniform') {
        const limit = Math.sqrt(3 * variance);
        return fill(shape, () => uniform(random, -limit, limit));
      }
      const deviation = Math.sqrt(variance) / truncatedDeviation;
      return fill(shape, () => truncatedNormal(random) * deviation);
    },
  });
}
