import type { UnitCompiler } from '../builder';

/** Marks what comes in. */
export const output: UnitCompiler = {
  types: ['output'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    return x ? [{ ...build.reshaped(unit, x, x.shape), logits: x.logits }] : null;
  },
};
