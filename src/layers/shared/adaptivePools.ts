import type * as tfjs from '@tensorflow/tfjs';
import { axes } from '@/core/params';
import { channels, onEachAxis, type Rank, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped, type Formula, type LayerCase, type LayerDefinition, type Tf } from '../define';
import { pythonCall, sizeArgument } from '../emit';
import { ownStock } from '../own';
import { linesFrom } from './lines';
import { apart, poolAlong } from './pool';
import { stockPool } from './pooling';
import { rankProblem } from './rank';
import { axisFormulas } from './windows';

type Tensor = tfjs.Tensor;

/** The lines of an axis that one output looks at: from ⌊i·in/out⌋ up to ⌈(i + 1)·in/out⌉, as PyTorch parts them. */
interface Part {
  readonly start: number;
  readonly end: number;
}
export const parts = (size: number, out: number): readonly Part[] =>
  Array.from({ length: out }, (_, i) => ({
    start: Math.floor((i * size) / out),
    end: Math.ceil(((i + 1) * size) / out),
  }));

/** [out, in]: the share that each line has in each mean. */
const shares = (tf: Tf, size: number, out: number): tfjs.Tensor2D =>
  tf.tensor2d(
    parts(size, out).flatMap(({ start, end }) =>
      linesFrom(size, (line) => (line >= start && line < end ? 1 / (end - start) : 0)),
    ),
    [out, size],
  );

/** Means as a matrix product along each axis in turn, which each axis is brought to the front for. */
function averaged(tf: Tf, x: Tensor, output: readonly number[]): Tensor {
  let order = x.shape.map((_, axis) => axis);
  let current = x;
  const arrange = (wanted: readonly number[]) => {
    current = tf.transpose(current, wanted.map((axis) => order.indexOf(axis)));
    order = [...wanted];
  };
  output.forEach((out, i) => {
    const axis = i + 1;
    arrange([axis, ...order.filter((other) => other !== axis)]);
    const [size = 1, ...rest] = current.shape;
    current = tf.reshape(tf.matMul(shares(tf, size, out), tf.reshape(current, [size, -1])), [out, ...rest]);
  });
  arrange(x.shape.map((_, axis) => axis));
  return current;
}

/** Maxima over parts written out as long as the longest: a shorter one repeats its last line, which changes none. */
function largest(tf: Tf, x: Tensor, output: readonly number[]): Tensor {
  const lengths: number[] = [];
  const written = output.reduce((current, out, i) => {
    const found = parts(x.shape[i + 1] ?? 1, out);
    const length = Math.max(...found.map(({ start, end }) => end - start));
    lengths.push(length);
    const lines = found.flatMap(({ start, end }) => linesFrom(length, (line) => Math.min(start + line, end - 1)));
    return tf.gather(current, tf.tensor1d(lines, 'int32'), i + 1);
  }, x);
  return poolAlong(tf, 'maxPool', written, lengths.map(apart));
}

const kinds = {
  average: { title: 'Adaptive average pool', stock: 'Average', torch: 'Avg', compute: averaged },
  max: { title: 'Adaptive max pool', stock: 'Max', torch: 'Max', compute: largest },
} as const;

interface AdaptiveAxis {
  readonly size: number;
  readonly out: number;
}
const adaptiveAxes = (input: Shape, output: readonly number[]): readonly AdaptiveAxis[] =>
  output.map((out, i) => ({ size: input[i + 1] ?? 1, out }));

function partFormulas(input: Shape, output: readonly number[]): readonly Formula[] {
  return axisFormulas(adaptiveAxes(input, output), ({ size, out }) => {
    const found = parts(size, out);
    const line = (i: number) => {
      const { start, end } = found[i] ?? { start: 0, end: size };
      const sizes = { text: `${size}`, input: true } as const;
      const outs = { text: `${out}`, param: 'output' } as const;
      return [
        `output ${i}: ⌊${i}·`,
        sizes,
        '/',
        outs,
        `⌋ … ⌈${i + 1}·`,
        sizes,
        '/',
        outs,
        '⌉ − 1 = ',
        { text: start === end - 1 ? `${start}` : `${start} … ${end - 1}`, result: true },
      ] as const;
    };
    return out === 1 ? [line(0)] : [line(0), line(out - 1)];
  }).map((formula) => ({ ...formula, title: formula.title.replace('Output size', 'Lines looked at') }));
}

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly reference: string;
  readonly cases: readonly LayerCase<{ readonly output: readonly number[] }>[];
}

/**
 * Pools to a size that is given, whatever comes in: output i of `out` looks at the lines from ⌊i·in/out⌋ up to
 * ⌈(i + 1)·in/out⌉.
 * Input:  [batch, …, channels]     Output: [batch, …output, channels]
 * He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in deep convolutional networks", §2.3.
 */
export function defineAdaptivePool(kind: keyof typeof kinds, rank: Rank, header: Header): LayerDefinition {
  const { title, stock, torch, compute } = kinds[kind];
  return defineLayer({
    ...header,
    family: 'pooling',
    title: `${title} ${rank}D`,
    params: { output: axes({ label: 'Output size', rank, min: 1, max: 1024, default: onEachAxis(rank, 1) }) },
    shape: ([input = []], p) => {
      const wrongRank = rankProblem(input, [rank + 1], title);
      return wrongRank ? refused(wrongRank) : shaped([null, ...p.output, channels(input)]);
    },
    forward: (tf, [x], _weights, p) => compute(tf, x, p.output),
    lower: (p, { inputs: [input = []] }) => {
      const found = adaptiveAxes(input, p.output);
      if (found.some(({ size, out }) => size % out !== 0)) return ownStock(header.type, p);
      // Parts that are alike lie side by side as a window's.
      const pool = found.map(({ size, out }) => size / out);
      return [stockPool(`${stock}Pooling${rank}D`, { pool, stride: pool }, 'valid')];
    },
    formula: ([input = []], _outputs, p) => partFormulas(input, p.output),
    field: ([input = []], _outputs, p) => {
      const found = adaptiveAxes(input, p.output);
      if (found.every(({ out }) => out === 1)) return 'all';
      return found.map(({ size, out }) => ({
        reach: Math.max(...parts(size, out).map(({ start, end }) => end - start)),
        stride: size / out,
        before: 0,
      }));
    },
    macs: null,
    torch: (p) => ({
      module: pythonCall(`nn.Adaptive${torch}Pool${rank}d`, [sizeArgument(p.output)]),
      call: 'm(x)',
      layout: 'first',
      weights: {},
    }),
    keras: (p) => ({ call: `${pythonCall(`layers.Adaptive${stock}Pooling${rank}D`, [sizeArgument(p.output)])}(x)` }),
    telling: (p) => `to ${p.output.join('×')}`,
  });
}
