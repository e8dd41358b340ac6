/** Sizes of a tensor, batch first; `null` is the batch size, which a plan leaves open. Layout is channels-last. */
export type Shape = readonly (number | null)[];

/** Product of all sizes but the open ones: elements per example. */
export function elements(shape: Shape): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}

/** Sizes without the batch: `[null, 28, 28, 6]` is `[28, 28, 6]`. */
export function withoutBatch(shape: Shape): readonly number[] {
  return shape.slice(1).map((size) => size ?? 1);
}

/** As people read it, batch left out: `28×28×6`; a scalar per example reads `1`. */
export function formatShape(shape: Shape): string {
  return withoutBatch(shape).join('×') || '1';
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Size of the last axis. `[batch, …, channels]` → channels. */
export function channels(shape: Shape): number {
  return shape[shape.length - 1] ?? 1;
}

/** Number of spatial axes: those between batch and channels. */
export type Rank = 1 | 2 | 3;

/** What the spatial axes are called, in their order. */
export const spatialAxes: Readonly<Record<Rank, readonly string[]>> = {
  1: ['steps'],
  2: ['height', 'width'],
  3: ['depth', 'height', 'width'],
};

/** The same value for each of so many axes: `onEachAxis(3, 2)` is `[2, 2, 2]`. */
export const onEachAxis = <T>(rank: number, value: T): readonly T[] => Array.from({ length: rank }, () => value);
