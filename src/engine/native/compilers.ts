import type { UnitCompiler } from './builder';

const found = import.meta.glob<Record<string, UnitCompiler>>(['./units/*.ts', '!./units/*.test.ts'], { eager: true });

/** How each type of layer is put into instructions, of those that the kernels can compute. */
export const compilers: ReadonlyMap<string, UnitCompiler> = new Map(
  Object.values(found)
    .flatMap((file) => Object.values(file))
    .filter((each): each is UnitCompiler => typeof each === 'object' && 'types' in each)
    .flatMap((each) => each.types.map((type) => [type, each] as const)),
);
