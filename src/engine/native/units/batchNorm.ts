import type { UnitCompiler } from '../builder';
import { normalised } from '../columns';

/** Each channel by the statistics of the batch, or by its running ones. */
export const batchNorm: UnitCompiler = {
  types: ['batchNorm'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    const { movingMean: mean, movingVariance: variance } = unit.weights;
    const { params } = unit.layer;
    if (!x || !mean || !variance) return null;
    const used = !build.training || params.frozen === true;
    const running = { mean, variance, used, momentum: Number(params.momentum) };
    return [normalised(unit, build, x, { sets: 1, group: 1, epsilon: Number(params.epsilon), running })];
  },
};
