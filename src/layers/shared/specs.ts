import type { WeightSpec } from '../define';

type Specs = Readonly<Record<string, WeightSpec>>;

/**
 * Weights in order, some of which a switch may leave out. V8 makes every literal that goes on after a spread an object
 * of a kind of its own, a hundred times as slow, and inference asks for weights all the time.
 */
export const specsOf = (...parts: readonly (Specs | false)[]): Specs => Object.assign({}, ...parts) as Specs;
