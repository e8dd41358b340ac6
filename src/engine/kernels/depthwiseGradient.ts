import type { Tensor } from '@tensorflow/tfjs';
import { compose } from './compose';
import {
  type Axis,
  type ConvAttrs,
  type ExplicitPadding,
  type Geometry,
  NO_PADDING,
  geometry,
  input,
  margins,
  reach,
  resize,
  size4,
  spread,
} from './convolution';
import { kept, onEngine, only } from './gradients';
import { mendGradient, mendKernel } from './mend';
import type { Tf } from './tf';

const isOne = (value: ConvAttrs['strides'] | undefined): boolean => [value ?? 1].flat().every((v) => v === 1);

/**
 * Gradient of the depthwise convolution for dilations above 1, where stock tfjs throws; strides above 1 may come on top
 * of it. The input's is composed from kernels that every backend has.
 * x: [batch, h, w, c]  filter: [kh, kw, c, multiplier]  dy: [batch, h', w', c·multiplier]
 */
export function mendDilatedDepthwiseGradient(tf: Tf): void {
  mendGradient(tf, 'DepthwiseConv2dNative', (stock) => ({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const convolution = attrs as object as ConvAttrs;
      if (isOne(convolution.dilations)) return stock.gradFunc(dy, saved, attrs);
      const [x, filter] = [kept(saved, 0), kept(saved, 1)];
      const g = geometry(tf, size4(x.shape), size4(filter.shape), convolution, true);
      return {
        x: () => inputGradient(tf, only(dy), filter, g),
        filter: () =>
          onEngine(tf)(
            'DepthwiseConv2dNativeBackpropFilter',
            { x, dy: only(dy) },
            { ...attrs, filterShape: filter.shape },
          ),
      };
    },
  }));
}

/** The spread gradient, convolved depthwise with the flipped kernel, summed over the multipliers of a channel. */
function inputGradient(tf: Tf, dy: Tensor, filter: Tensor, g: Geometry): Tensor {
  const { rows, columns } = g;
  const run = onEngine(tf);
  const multiplier = g.outChannels / g.inChannels;
  const kernel = tf.reshape(tf.reverse(filter, [0, 1]), [rows.kernel, columns.kernel, g.outChannels, 1]);
  const apart = spread(run, dy, [rows.stride, columns.stride]);
  const perOutput = run(
    'DepthwiseConv2dNative',
    { x: resize(run, apart, [margins(rows), margins(columns)]), filter: kernel },
    { strides: [1, 1], dilations: [rows.dilation, columns.dilation], pad: 'valid', dataFormat: 'NHWC' },
  );
  if (multiplier === 1) return perOutput;
  const summed = tf.sum(tf.reshape(perOutput, [-1, multiplier]), 1);
  return tf.reshape(summed, [g.batch, rows.size, columns.size, g.inChannels]);
}

/** Stock cpu and webgl refuse strides together with dilations: the dilated convolution at stride 1 is thinned out. */
export function mendStridedDilatedDepthwise(tf: Tf): void {
  for (const backendName of ['cpu', 'webgl']) {
    mendKernel(tf, backendName, 'DepthwiseConv2dNative', (stock) => (call) => {
      if (!stock) throw new Error(`The ${backendName} backend has no DepthwiseConv2dNative.`);
      const attrs = call.attrs as object as ConvAttrs;
      if (isOne(attrs.strides) || isOne(attrs.dilations)) return stock(call);
      const [x, filter] = [input(call.inputs, 'x'), input(call.inputs, 'filter')];
      const g = geometry(tf, size4(x.shape), size4(filter.shape), attrs, true);
      const around = (a: Axis): [number, number] => [a.before, reach(a)];
      const pad: ExplicitPadding = [NO_PADDING, around(g.rows), around(g.columns), NO_PADDING];
      const end = (a: Axis) => (a.out - 1) * a.stride + 1;
      return compose(tf, backendName, call.backend, (run) => {
        const { dimRoundingMode: _, ...rest } = attrs;
        const dense = run(stock, { x, filter }, { ...rest, strides: [1, 1], pad });
        return run(
          'StridedSlice',
          { x: dense },
          {
            begin: [0, 0, 0, 0],
            end: [g.batch, end(g.rows), end(g.columns), g.outChannels],
            strides: [1, g.rows.stride, g.columns.stride, 1],
            beginMask: 0,
            endMask: 0,
            ellipsisMask: 0,
            newAxisMask: 0,
            shrinkAxisMask: 0,
          },
        );
      });
    });
  }
}
