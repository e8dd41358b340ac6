import type * as tfjs from '@tensorflow/tfjs';
import { axes, choice } from '@/core/params';
import { channels, onEachAxis, type Rank, type Shape } from '@/core/shape';
import { refused, shaped, type Formula, type Given, type Tf } from '../define';
import { pythonCall, sizeArgument, type KerasCode, type NoEquivalent } from '../emit';
import { around, axisName } from './axes';
import { rankProblem } from './rank';

type Tensor = tfjs.Tensor;

/** The largest factor: up to here every backend's rounding finds the nearest pixel; 41 is the first that goes wrong. */
const MOST = 32;

/** `linear` by what it is called on so many axes. */
const linear = (rank: Rank) => ({ 1: 'linear', 2: 'bilinear', 3: 'trilinear' })[rank];

export const upSamplingParams = (rank: Rank) => ({
  factor: axes({ label: 'Factor', rank, min: 1, max: MOST, default: onEachAxis(rank, 2) }),
  interpolation: choice({
    label: 'Between',
    hint: 'What stands between the given numbers.',
    default: 'nearest',
    options: [
      { value: 'nearest', label: 'The nearest' },
      { value: 'linear', label: 'A blend (linear)' },
    ],
  }),
});

interface UpSampling {
  readonly factor: readonly number[];
  readonly interpolation: string;
}

/** Each number as often as the factor says. x: [batch, …, channels] */
function repeated(tf: Tf, x: Tensor, factors: readonly number[]): Tensor {
  return factors.reduce<Tensor>((grown, factor, i) => {
    if (factor === 1) return grown;
    const axis = i + 1;
    const [before, size, after] = around(grown.shape, axis);
    const copies = tf.tile(tf.reshape(grown, [before * size, 1, after]), [1, factor, 1]);
    return tf.reshape(copies, grown.shape.with(axis, size * factor));
  }, x);
}

/** Bilinear with pixels as areas: their middles, not their corners, are where numbers stand. x: [batch, h, w, c] */
const blended = (tf: Tf, x: Tensor, size: readonly [number, number]): Tensor =>
  tf.image.resizeBilinear(x as tfjs.Tensor4D, [...size], false, true);

/**
 * Linear along all spatial axes, by resizing images only: a sequence is one of width 1; of a volume first its slices
 * are resized, then its depth, with each slice as one row.
 */
function interpolated(tf: Tf, x: Tensor, factors: readonly number[]): Tensor {
  const [batch = 1] = x.shape;
  const depth = x.shape.at(-1) ?? 1;
  const sizes = x.shape.slice(1, -1);
  const sized = sizes.map((size, axis) => size * (factors[axis] ?? 1));
  const [steps = 1, height = 1, width = 1] = sizes;
  const [more = 1, higher = 1, wider = 1] = sized;
  if (sizes.length === 2) return blended(tf, x, [more, higher]);
  if (sizes.length === 1) {
    return tf.reshape(blended(tf, tf.reshape(x, [batch, steps, 1, depth]), [more, 1]), [batch, more, depth]);
  }
  const slices = blended(tf, tf.reshape(x, [batch * steps, height, width, depth]), [higher, wider]);
  const rows = blended(tf, tf.reshape(slices, [batch, steps, higher * wider, depth]), [more, higher * wider]);
  return tf.reshape(rows, [batch, more, higher, wider, depth]);
}

/** How up-sampling of so many axes is computed where stock layers don't. */
export const upSample = (tf: Tf, [x]: Given, _weights: object, p: UpSampling): Tensor =>
  p.interpolation === 'nearest' ? repeated(tf, x, p.factor) : interpolated(tf, x, p.factor);

/** `14 → 28`, an axis each. */
export const sizesFormula = (input: Shape, output: Shape, factor: readonly number[]): readonly Formula[] =>
  factor.map((times, axis) => ({
    title: `Output size, ${axisName(input, axis + 1)}`,
    lines: [
      [
        { text: `${input[axis + 1] ?? 1}`, input: true },
        '·',
        { text: `${times}`, param: 'factor' },
        ' = ',
        { text: `${output[axis + 1] ?? 1}`, result: true },
      ],
    ],
  }));

/** Up-sampling of so many axes, but for a title and what tfjs has of it. */
export const upSampling = (rank: Rank) => ({
  family: 'shape' as const,
  keywords: ['upsample', 'upscale', 'enlarge', 'nearest neighbour', linear(rank), 'interpolate', 'decoder'],
  reference: 'Odena, Dumoulin & Olah 2016, Deconvolution and checkerboard artifacts',
  shape: ([input = []]: readonly Shape[], p: UpSampling) => {
    const wrongRank = rankProblem(input, [rank + 1], 'Up-sampling');
    if (wrongRank) return refused(wrongRank);
    return shaped([null, ...p.factor.map((times, axis) => (input[axis + 1] ?? 1) * times), channels(input)]);
  },
  formula: ([input = []]: readonly Shape[], [output = []]: readonly Shape[], p: UpSampling) => [
    ...sizesFormula(input, output, p.factor),
    {
      title: 'Where output i looks',
      lines: p.factor.map((times, axis) => [
        `${axisName(input, axis + 1)}: `,
        p.interpolation === 'nearest' ? '⌊i/' : '(i + ½)/',
        { text: `${times}`, param: 'factor' },
        p.interpolation === 'nearest' ? '⌋' : ' − ½',
      ]),
    },
  ],
  field: (_inputs: readonly Shape[], _outputs: readonly Shape[], p: UpSampling) =>
    p.factor.map((times) =>
      p.interpolation === 'nearest' || times === 1
        ? { reach: 1, stride: 1 / times, before: 0 }
        : { reach: 2, stride: 1 / times, before: 0.5 - 0.5 / times },
    ),
  telling: (p: UpSampling) => {
    const factor = [sizeArgument(p.factor)].flat().join('×');
    return `×${factor}${p.interpolation === 'nearest' ? '' : ` · ${linear(rank)}`}`;
  },
  macs: null,
  torch: (p: UpSampling) => ({
    module: pythonCall('nn.Upsample', [], {
      scale_factor: sizeArgument(p.factor),
      mode: p.interpolation === 'nearest' ? undefined : linear(rank),
    }),
    call: 'm(x)',
    layout: 'first' as const,
    weights: {},
  }),
  keras: (p: UpSampling): KerasCode | NoEquivalent => {
    const interpolation = p.interpolation === 'nearest' ? undefined : 'bilinear';
    if (interpolation && rank !== 2) {
      return { none: `Keras up-samples ${rank === 1 ? 'sequences' : 'volumes'} to the nearest only.` };
    }
    return { call: `${pythonCall(`layers.UpSampling${rank}D`, [sizeArgument(p.factor)], { interpolation })}(x)` };
  },
});
