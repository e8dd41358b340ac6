import type { Tensor } from '@tensorflow/tfjs';
import { float, int } from '@/core/params';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped, type Term, type Tf } from '../define';
import { pythonCall } from '../emit';
import { rankProblem } from '../shared/rank';

interface Params {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/** 1 where channel j, a column, looks at channel i: from ⌊size/2⌋ before it to ⌊(size − 1)/2⌋ after. [channels, channels] */
function neighbours(tf: Tf, count: number, size: number): Tensor {
  const band = new Float32Array(count * count);
  for (let j = 0; j < count; j += 1) {
    const [from, to] = [Math.max(0, j - Math.floor(size / 2)), Math.min(count - 1, j + Math.floor((size - 1) / 2))];
    for (let i = from; i <= to; i += 1) band[i * count + j] = 1;
  }
  return tf.tensor2d(band, [count, count]);
}

/**
 * y = x·s^−β with s = k + α/size·Σ x² over neighbouring channels, of rows [places, channels].
 * ∂x = ∂y·s^−β − 2αβ/size·x·Σ ∂y·y/s, the sum over the channels whose neighbour x is.
 */
function respond(tf: Tf, rows: Tensor, p: Params): Tensor {
  const share = p.alpha / p.size;
  const op = tf.customGrad((...given) => {
    const [x] = given as Tensor[];
    const save = given.at(-1) as (tensors: Tensor[]) => void;
    if (!x) throw new Error('There is nothing to normalise.');
    const band = neighbours(tf, x.shape[1] ?? 1, p.size);
    const sum = tf.add(tf.mul(tf.matMul(tf.square(x), band), share), p.k);
    const factor = tf.pow(sum, -p.beta);
    const y = tf.mul(x, factor);
    save([x, sum, factor, band]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [input, total, scale, nearby] = saved;
        if (!input || !total || !scale || !nearby) throw new Error('The normalisation lost what it had saved.');
        const direct = tf.mul(dy, scale);
        const through = tf.matMul(tf.div(tf.mul(direct, input), total), nearby, false, true);
        return [tf.sub(direct, tf.mul(tf.mul(input, through), 2 * share * p.beta))];
      },
    };
  });
  return op(rows);
}

/**
 * Local response normalisation: each number divided by a power of the mean square of its neighbours along the channels.
 * Numbers beyond the first and the last channel count as 0. AlexNet's own α is not divided by the size: its 10⁻⁴ at
 * size 5 is 5·10⁻⁴ here, as in PyTorch and Caffe.
 * Input:  [batch, …, channels]     Output: same
 * Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural networks", §3.3.
 */
export const localResponseNorm = defineLayer({
  type: 'localResponseNorm',
  family: 'normalisation',
  title: 'Local response norm',
  summary: 'Lets strong responses dampen those of neighbouring channels, as neurons inhibit each other.',
  keywords: ['local response normalization', 'normalisation', 'lrn', 'alexnet', 'lateral inhibition'],
  reference: 'Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep CNNs, §3.3',
  params: {
    size: int({ label: 'Size', hint: 'How many channels count.', min: 1, max: 4096, default: 5 }),
    alpha: float({ label: 'α', hint: 'Divided by the size.', min: 0, max: 1000, default: 1e-4 }),
    beta: float({ label: 'β', min: 0, max: 10, default: 0.75 }),
    k: float({ label: 'k', hint: 'AlexNet has 2.', min: 1e-3, max: 1000, default: 1 }),
  },
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [2, 3, 4]);
    return wrongRank ? refused(wrongRank) : shaped(input);
  },
  forward: (tf, [x], _weights, p) =>
    tf.reshape(respond(tf, tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), p), x.shape),
  macs: null,
  formula: ([input = []], _outputs, p) => {
    const [before, after] = [Math.floor(p.size / 2), Math.floor((p.size - 1) / 2)];
    const size: Term = { text: `${p.size}`, param: 'size' };
    return [
      {
        title: 'Each number',
        lines: [
          [
            'y = x/(',
            { text: `${p.k}`, param: 'k' },
            ' + ',
            { text: `${p.alpha}`, param: 'alpha' },
            '/',
            size,
            '·Σ x²)^',
            { text: `${p.beta}`, param: 'beta' },
          ],
        ],
      },
      {
        title: 'The sum is over',
        lines: [
          [size, ` of `, { text: `${channels(input)}`, input: true }, ` channels: ${before} before, ${after} after, itself`],
        ],
      },
    ];
  },
  telling: (p) => `size ${p.size}`,
  torch: (p) => ({
    module: pythonCall('nn.LocalResponseNorm', [p.size], {
      alpha: p.alpha === 1e-4 ? undefined : p.alpha,
      beta: p.beta === 0.75 ? undefined : p.beta,
      k: p.k === 1 ? undefined : p.k,
    }),
    call: 'm(x)',
    layout: 'first',
    weights: {},
  }),
  keras: () => ({ none: 'Keras has no local response normalisation.' }),
  cases: [
    // AlexNet's, on a smaller map.
    { params: { alpha: 5e-4, k: 2 }, in: [[null, 3, 2, 96]], out: [[null, 3, 2, 96]], weights: 0 },
    { params: { size: 4, alpha: 0.5 }, in: [[null, 7, 6]], out: [[null, 7, 6]], weights: 0 },
    { params: { size: 3, beta: 1, alpha: 2 }, in: [[null, 2, 3, 2, 2]], out: [[null, 2, 3, 2, 2]], weights: 0 },
  ],
});
