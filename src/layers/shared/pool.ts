import type * as tfjs from '@tensorflow/tfjs';
import type { Tf } from '../define';
import { linesFrom, padded } from './lines';
import { reachedOf } from './reached';
import type { AxisWindow } from './windows';

type Tensor = tfjs.Tensor;
type Pair = [number, number];

/** One axis of a pooling without dilation; what it is padded by counts neither for maxima nor for means. */
interface PoolAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
}

/** Windows side by side that leave nothing over. */
export const apart = (kernel: number): PoolAxis => ({ kernel, stride: kernel, before: 0, after: 0 });

const inPlanes = (tf: Tf, operation: 'maxPool' | 'avgPool', x: Tensor, rows: PoolAxis, columns: PoolAxis): Tensor => {
  const sides = (axis: PoolAxis): Pair => [axis.before, axis.after];
  const pad: [Pair, Pair, Pair, Pair] = [[0, 0], sides(rows), sides(columns), [0, 0]];
  const kernel: Pair = [rows.kernel, columns.kernel];
  return tf[operation](x as tfjs.Tensor4D, kernel, [rows.stride, columns.stride], pad);
};

/**
 * Pools along one to three axes by the operation that pools along two: a third axis is pooled after the others, which
 * is exact for maxima, the first of equal ones and means over the cells inside.
 * x: [batch, …, channels] → [batch, …', channels]
 */
export function poolAlong(tf: Tf, operation: 'maxPool' | 'avgPool', x: Tensor, axes: readonly PoolAxis[]): Tensor {
  const [batch = 1, ...sizes] = x.shape;
  const count = sizes.pop() ?? 1;
  const [first = apart(1), second = apart(1), third] = axes;
  if (axes.length === 2) return inPlanes(tf, operation, x, first, second);
  if (!third) {
    const [steps = 1] = sizes;
    const pooled = inPlanes(tf, operation, tf.reshape(x, [batch, steps, 1, count]), first, apart(1));
    return tf.reshape(pooled, [batch, -1, count]);
  }
  const [depth = 1, height = 1, width = 1] = sizes;
  const planes = inPlanes(tf, operation, tf.reshape(x, [batch * depth, height, width, count]), second, third);
  const [, rows = 1, columns = 1] = planes.shape;
  const stack = tf.reshape(planes, [batch, depth, rows * columns, count]);
  return tf.reshape(inPlanes(tf, operation, stack, first, apart(1)), [batch, -1, rows, columns, count]);
}

const ignoring = (axis: AxisWindow): PoolAxis => {
  const { before, after, overhang } = reachedOf(axis);
  return { kernel: axis.kernel, stride: axis.stride, before, after: after + overhang };
};

/** The lowest number that 32 bits hold: as padding it never wins over one of the input. */
const LOWEST = -(2 - 2 ** -23) * 2 ** 127;

/** The lines of the padded axis that its windows hold, window by window. */
const windowLines = (axis: AxisWindow): readonly number[] =>
  linesFrom(
    axis.out * axis.kernel,
    (i) => Math.floor(i / axis.kernel) * axis.stride + (i % axis.kernel) * axis.dilation,
  );

/**
 * Every window written out, one beside the other: [batch, …, channels] → [batch, …'·kernel, channels].
 * @param around what stands outside of the input.
 */
export function writtenOut(tf: Tf, x: Tensor, axes: readonly AxisWindow[], around: number): Tensor {
  const reached = axes.map(reachedOf);
  const sides = reached.map(({ before, after, overhang }): Pair => [before, after + overhang]);
  return axes.reduce((written, axis, i) => {
    const lines = windowLines(axis);
    const count = axis.size + (sides[i]?.[0] ?? 0) + (sides[i]?.[1] ?? 0);
    const asTheyAre = lines.length === count && lines.every((line, at) => line === at);
    return asTheyAre ? written : tf.gather(written, tf.tensor1d([...lines], 'int32'), i + 1);
  }, padded(tf, x, sides, around));
}

/** The largest number of each window; the gradient goes to the first of equal ones. [batch, …, channels] */
export function maxPooled(tf: Tf, x: Tensor, axes: readonly AxisWindow[]): Tensor {
  if (axes.every(({ dilation }) => dilation === 1)) return poolAlong(tf, 'maxPool', x, axes.map(ignoring));
  return poolAlong(tf, 'maxPool', writtenOut(tf, x, axes, LOWEST), axes.map(({ kernel }) => apart(kernel)));
}

/**
 * The mean of each window, over the cells inside, or over those of the padding as well; what a last window reaches
 * beyond the padding never counts. [batch, …, channels]
 */
export function averagePooled(tf: Tf, x: Tensor, axes: readonly AxisWindow[], countPadding: boolean): Tensor {
  if (!countPadding) return poolAlong(tf, 'avgPool', x, axes.map(ignoring));
  const reached = axes.map(reachedOf);
  const sides = reached.map(({ before, after }): Pair => [before, after]);
  const beyond = axes.map(({ kernel, stride }, i) => ({ kernel, stride, before: 0, after: reached[i]?.overhang ?? 0 }));
  return poolAlong(tf, 'avgPool', padded(tf, x, sides), beyond);
}

/**
 * Where each window's largest number stands, the first of equal ones: its place in the input's plane of one channel,
 * counted row by row. Nothing of it has a gradient.
 * x: [batch, …, channels] → [batch, …', channels]
 */
export function maxPlaces(tf: Tf, x: Tensor, axes: readonly AxisWindow[]): Tensor {
  const places = (given: Tensor): Tensor => {
    const written = writtenOut(tf, given, axes, LOWEST);
    const windows = axes.map(({ kernel }) => apart(kernel));
    const largest = poolAlong(tf, 'maxPool', written, windows);
    const spread = repeated(tf, largest, axes.map(({ kernel }) => kernel));
    const { plane, count } = placesWrittenOut(axes);
    // Earlier places weigh more, padding nothing.
    const weights = tf.tensor(
      plane.map((place) => (place < 0 ? 0 : count - place)),
      [1, ...axes.map(({ out, kernel }) => out * kernel), 1],
    );
    const first = poolAlong(tf, 'maxPool', tf.mul(tf.cast(tf.equal(written, spread), 'float32'), weights), windows);
    return tf.sub(count, first);
  };
  const withoutGradient = tf.customGrad((given) => {
    const input = given as Tensor;
    return { value: places(input), gradFunc: () => tf.zerosLike(input) };
  });
  return withoutGradient(x);
}

/** Each line as often as told, one beside the other, axis by axis. */
export const repeated = (tf: Tf, x: Tensor, times: readonly number[]): Tensor =>
  times.reduce((spread, by, i) => {
    const lines = linesFrom((x.shape[i + 1] ?? 1) * by, (line) => Math.floor(line / by));
    return by === 1 ? spread : tf.gather(spread, tf.tensor1d([...lines], 'int32'), i + 1);
  }, x);

/** The place of each cell of the windows written out, row by row; below 0 outside of the input. */
export function placesWrittenOut(axes: readonly AxisWindow[]): {
  readonly plane: number[];
  readonly count: number;
} {
  const count = axes.reduce((product, { size }) => product * size, 1);
  const plane = axes.reduce<number[]>(
    (places, axis) => {
      const lines = windowLines(axis).map((line) => line - axis.before);
      return places.flatMap((place) =>
        lines.map((line) => (place < 0 || line < 0 || line >= axis.size ? -1 : place * axis.size + line)),
      );
    },
    [0],
  );
  return { plane, count };
}
