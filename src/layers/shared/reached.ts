import { overhangOf, reachOf, type AxisWindow } from './windows';

/** Lines around an axis that its windows really reach. */
export interface Reached {
  /** Lines of padding before the first. */
  readonly before: number;
  /** Lines of padding after the last. */
  readonly after: number;
  /** Lines beyond the padding, where the number of windows is rounded up. */
  readonly overhang: number;
  /** Lines of the input at its end that no window reaches. */
  readonly leftOver: number;
}

export function reachedOf(axis: AxisWindow): Reached {
  const end = (axis.out - 1) * axis.stride + reachOf(axis) - axis.size - axis.before;
  return {
    before: axis.before,
    after: Math.min(axis.after, Math.max(0, end)),
    overhang: overhangOf(axis),
    leftOver: Math.max(0, -end),
  };
}
