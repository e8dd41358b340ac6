import { type Builder, sizeOf } from './builder';
import type { Place } from './region';
import type { Word } from './tape';

/** In the order of the kernels' numbers: `SUM` … in kernels/elementwise.h. */
const KINDS = ['sum', 'product', 'difference', 'maximum', 'minimum'] as const;
export type MergeKind = (typeof KINDS)[number];
const numberOf = (kind: MergeKind) => KINDS.indexOf(kind);

/** Numbers under a shape; an axis of size 1 is repeated where the other's is larger. */
export interface Operand {
  readonly shape: readonly number[];
  readonly place: Place;
}

/** The sizes that operands come to together. */
export const togetherOf = (operands: readonly Pick<Operand, 'shape'>[]): readonly number[] =>
  (operands[0]?.shape ?? []).map((_, axis) => Math.max(...operands.map(({ shape }) => shape[axis] ?? 1)));

export const isWhole = ({ shape }: Pick<Operand, 'shape'>, together: readonly number[]): boolean =>
  shape.every((size, axis) => size === together[axis]);

const AXES = 5;

/** Axes along which the same operands are repeated are one; the words of `Pairing` in kernels/elementwise.h. */
function pairingOf(a: readonly number[], b: readonly number[], leads: boolean): readonly number[] {
  const together = togetherOf([{ shape: a }, { shape: b }]);
  const axes: { size: number; readonly isA: boolean; readonly isB: boolean }[] = [];
  together.forEach((size, axis) => {
    if (size === 1) return;
    const [isA, isB] = [a[axis] === size, b[axis] === size];
    const last = axes.at(-1);
    if (last && last.isA === isA && last.isB === isB) last.size *= size;
    else axes.push({ size, isA, isB });
  });
  // The first axis leads where what is repeated is summed up: its indices are shared out.
  const missing = AXES - axes.length;
  const ones = Array.from({ length: missing }, () => ({ size: 1, isA: true, isB: true }));
  const [first, ...others] = axes;
  const all = leads && first && others.length > 0 ? [first, ...ones, ...others] : [...ones, ...axes];
  const stridesOf = (isThere: (axis: (typeof all)[number]) => boolean) =>
    all.map((axis, i) => (isThere(axis) ? sizeOf(all.slice(i + 1).filter(isThere).map(({ size }) => size)) : 0));
  return [...all.map(({ size }) => size), ...stridesOf(({ isA }) => isA), ...stridesOf(({ isB }) => isB)];
}

interface Ending {
  readonly scale?: number;
  readonly relu?: boolean;
}

/** to = scale·(x₁ ∘ x₂ ∘ …), then ReLU; `to` may be the place of the first where that is of the whole size. */
export function merge(build: Builder, kind: MergeKind, operands: readonly Operand[], to: Place, ending: Ending = {}): void {
  const together = togetherOf(operands);
  const wholes = operands.every((operand) => isWhole(operand, together));
  const most = wholes ? 4 : 2;
  let [done, ...rest] = operands;
  if (!done) return;
  while (rest.length > 0) {
    const group = rest.slice(0, most - 1);
    rest = rest.slice(most - 1);
    const { scale = 1, relu = false } = rest.length === 0 ? ending : {};
    const words: readonly Word[] = [numberOf(kind), { float: scale }, Number(relu)];
    const [second, third, fourth] = group;
    if (wholes) {
      build.emit('merge', done.place, second!.place, third?.place ?? 0, fourth?.place ?? 0, to, sizeOf(together), ...words);
      done = { shape: together, place: to };
    } else {
      const shape = togetherOf([done, second!]);
      // What is still to be repeated stands apart: in its place it would be overwritten while it is read.
      const place = isWhole({ shape }, together) ? to : build.passing(sizeOf(shape));
      build.emit('merge_repeated', done.place, second!.place, place, ...pairingOf(done.shape, second!.shape, false), ...words);
      done = { shape, place };
    }
  }
}

/** scale·dy·∂(a ∘ b)/∂a, under the shape of a. */
export function mergeGradient(
  build: Builder, kind: MergeKind, dy: Place, a: Operand, b: Operand, to: Place, { scale = 1, add = false } = {},
): void {
  const leads = !isWhole(a, togetherOf([a, b]));
  const pairing = pairingOf(a.shape, b.shape, leads);
  build.emit('merge_gradient', dy, a.place, b.place, to, ...pairing, numberOf(kind), { float: scale }, Number(add));
}
