import { sizeOf, type UnitCompiler } from '../builder';
import { normalised } from '../columns';
import { normalisedRows } from '../rows';

/** The features of each place, or the whole example. */
export const layerNorm: UnitCompiler = {
  types: ['layerNorm'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    const { over, epsilon } = unit.layer.params;
    if (!x) return null;
    const size = over === 'all' ? sizeOf(x.shape.slice(1)) : (x.shape.at(-1) ?? 1);
    return [normalisedRows(unit, build, x, { size, period: 1, epsilon: Number(epsilon) })];
  },
};

/** Groups of each example's channels. Those of a vector are rows. */
export const groupNorm: UnitCompiler = {
  types: ['groupNorm'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    const groups = Number(unit.layer.params.groups);
    const epsilon = Number(unit.layer.params.epsilon);
    if (!x) return null;
    const group = (x.shape.at(-1) ?? 1) / groups;
    if (sizeOf(x.shape.slice(1, -1)) === 1) return [normalisedRows(unit, build, x, { size: group, period: groups, epsilon })];
    return [normalised(unit, build, x, { sets: x.shape[0] ?? 1, group, epsilon })];
  },
};

/** Each channel of each example. */
export const instanceNorm: UnitCompiler = {
  types: ['instanceNorm'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    if (!x) return null;
    const how = { sets: x.shape[0] ?? 1, group: 1, epsilon: Number(unit.layer.params.epsilon) };
    return [normalised(unit, build, x, how)];
  },
};
