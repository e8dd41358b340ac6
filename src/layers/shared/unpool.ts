import type * as tfjs from '@tensorflow/tfjs';
import type { Tf } from '../define';
import { linesFrom } from './lines';
import { apart, placesWrittenOut, poolAlong, repeated, writtenOut } from './pool';
import { volume, type AxisWindow } from './windows';

type Tensor = tfjs.Tensor;

/** Every combination of one number of each list, the first list's slowest: `[[0, 1], [5]]` is `[[0, 5], [1, 5]]`. */
const combinations = (lists: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  lists.reduce<readonly (readonly number[])[]>(
    (found, list) => found.flatMap((before) => list.map((one) => [...before, one])),
    [[]],
  );

/**
 * Numbers at their places and 0 elsewhere. Every cell asks the windows that hold it whether their place is its own:
 * work that grows with the output, where a scatter in a shader would ask all windows.
 * values, indices: [batch, …', channels] → [batch, …, channels]
 * @param axes the windows of the pooling that is undone, over the output.
 */
export function unpooled(tf: Tf, values: Tensor, indices: Tensor, axes: readonly AxisWindow[]): Tensor {
  const [batch = 1] = values.shape;
  const counts = values.shape.slice(1, -1);
  const sizes = axes.map(({ size }) => size);
  const shape = [batch, ...sizes, values.shape.at(-1) ?? 1];

  const place = (numbers: Tensor, places: Tensor): Tensor => {
    const plane = tf.tensor([...linesFrom(volume(sizes), (cell) => cell)], [1, ...sizes, 1]);
    // So many windows hold a line, from the first to the last: the last one's number stays.
    const nth = axes.map(({ kernel, stride }) => linesFrom(Math.ceil(kernel / stride), (by) => by).toReversed());
    return combinations(nth).reduce<Tensor>((placed, back) => {
      const ofWindows = (given: Tensor) =>
        axes.reduce((spread, { size, stride, before }, i) => {
          const last = (counts[i] ?? 1) - 1;
          const lines = linesFrom(size, (line) =>
            Math.min(Math.max(Math.floor((line + before) / stride) - (back[i] ?? 0), 0), last),
          );
          return tf.gather(spread, tf.tensor1d([...lines], 'int32'), i + 1);
        }, given);
      return tf.where(tf.equal(ofWindows(places), plane), ofWindows(numbers), placed);
    }, tf.zeros(shape));
  };

  /** What stands at each window's place: of its cells written out, the one whose place it is. */
  const takeBack = (dy: Tensor, places: Tensor): Tensor => {
    const windows = axes.map((axis, i): AxisWindow => spanning(axis, counts[i] ?? 1));
    const kernels = windows.map(({ kernel }) => kernel);
    const cells = writtenOut(tf, dy, windows, 0);
    const { plane } = placesWrittenOut(windows);
    const planes = tf.tensor(plane, [1, ...windows.map(({ out, kernel }) => out * kernel), 1]);
    const taken = tf.where(tf.equal(repeated(tf, places, kernels), planes), cells, tf.zerosLike(cells));
    return tf.mul(poolAlong(tf, 'avgPool', taken, kernels.map(apart)), volume(kernels));
  };

  const operation = tf.customGrad((...given) => {
    const [numbers, places] = given as Tensor[];
    const save = given.at(-1) as (tensors: Tensor[]) => void;
    if (!numbers || !places) throw new Error('Unpooling takes numbers and their places.');
    save([places]);
    return {
      value: place(numbers, places),
      gradFunc: (dy: Tensor, [saved = places]: Tensor[]) => [takeBack(dy, saved), tf.zerosLike(saved)],
    };
  });
  return operation(values, indices);
}

/** An axis with as many windows as came in: an output size asked for may have room for one more, or one less. */
function spanning(axis: AxisWindow, out: number): AxisWindow {
  const end = (out - 1) * axis.stride + axis.kernel - axis.size - axis.before;
  return { ...axis, out, after: Math.max(0, end), ceil: false, dropped: 0, unseen: Math.max(0, -end) };
}
