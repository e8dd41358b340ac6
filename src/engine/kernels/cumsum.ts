import { only } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';

interface Attrs {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

/** The gradient of a running sum is one from the other end. Stock tfjs transposes it unless the axis is the last. */
export function mendCumsumGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'Cumsum',
    gradFunc: (dy, _saved, attrs) => {
      const { axis, exclusive, reverse } = attrs as object as Attrs;
      return { x: () => tf.cumsum(only(dy), axis, exclusive, !reverse) };
    },
  });
}
