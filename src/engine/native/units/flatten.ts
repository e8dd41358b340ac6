import type { UnitCompiler } from '../builder';

/** The same numbers under another shape. */
export const reshaping: UnitCompiler = {
  types: ['flatten', 'reshape'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    const [output] = unit.layer.outputs;
    if (!x || !output) return null;
    return [build.reshaped(unit, x, [x.shape[0] ?? 1, ...output.slice(1).map(Number)])];
  },
};
