import { int } from '@/core/params';
import { problem, type Problem } from '@/core/problem';
import { formatShape, spatialAxes, type Rank, type Shape } from '@/core/shape';
import { listed } from '@/core/words';

const hint = 'Without the batch: 1 is the first (steps, height), −1 the last (channels).';

/** An axis by number, as Keras and PyTorch count them: the batch is 0, and −1 is the last. */
export const axisParam = (label = 'Axis') => int({ label, hint, min: -5, max: 5, default: -1 });

/** An axis's number with the batch as 0, also where it is counted from the back; `null` where there is none. */
export function axisAt(shape: Shape, axis: number): number | null {
  const at = axis < 0 ? shape.length + axis : axis;
  return at >= 1 && at < shape.length ? at : null;
}

/** What an axis is called: `height`. */
export function axisName(shape: Shape, at: number): string {
  const rank = shape.length - 1;
  if (rank > 4) return `axis ${at}`;
  if (at === rank) return rank === 1 ? 'features' : 'channels';
  return spatialAxes[(rank - 1) as Rank]?.[at - 1] ?? `axis ${at}`;
}

/** Refuses an axis that an input has not. */
export function axisProblem(input: Shape, axis: number, param = 'axis'): Problem | null {
  if (axisAt(input, axis) !== null) return null;
  const named = input.slice(1).map((_, i) => `${i + 1} (${axisName(input, i + 1)})`);
  const there =
    axis === 0
      ? 'Axis 0 is the batch, whose examples stay apart'
      : named.length === 0
        ? 'A single number has no axes'
        : `${formatShape(input)} has ${named.length === 1 ? 'axis' : 'axes'} ${listed(named)}, but no axis ${axis}`;
  return problem('axis', `${there}.`, {
    expected: named.length === 0 ? 'an input with axes' : `1 to ${named.length}, or −1 to −${named.length}`,
    got: `${axis}`,
    params: [param],
    fixes:
      named.length === 0 ? [] : [{ title: `axis −1, the ${axisName(input, named.length)}`, params: { [param]: -1 } }],
  });
}

/** Where PyTorch keeps images and volumes channels-first; vectors and sequences lie as here. */
export const torchLayout = (shape: Shape): 'first' | 'last' => (shape.length > 3 ? 'first' : 'last');

/** One of our axes as PyTorch's `dim` in that layout. */
export function torchDim(shape: Shape, at: number): number {
  if (torchLayout(shape) === 'last') return at;
  return at === shape.length - 1 ? 1 : at + 1;
}

/** A tensor's sizes as [before, axis, after], for work along one axis that all backends do in three. */
export function around(shape: readonly number[], axis: number): [before: number, size: number, after: number] {
  const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);
  return [product(shape.slice(0, axis)), shape[axis] ?? 1, product(shape.slice(axis + 1))];
}
