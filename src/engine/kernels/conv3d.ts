import type { Tensor, Tensor5D } from '@tensorflow/tfjs';
import { compose } from './compose';
import { type Axis, type Pair, type Run, crop, input, margins, reach, resize, spread } from './convolution';
import { kept, onEngine, only } from './gradients';
import { mendGradient, mendKernel, setGradient } from './mend';
import type { Tf, TensorInfo } from './tf';

type Triple = [number, number, number];
type Size5 = [number, number, number, number, number];

interface Attrs {
  strides: number | Triple;
  dilations?: number | Triple;
  pad: 'valid' | 'same';
}

interface Geometry3d {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Depth, rows, columns. */
  readonly axes: readonly [Axis, Axis, Axis];
}

const AT_ONE: Triple = [1, 1, 1];

/**
 * Gradients of Conv3D. Stock wasm gets both wrong where windows are padded or strided, and with them the transposed
 * convolution, which is the same kernel; for dilations above 1 stock tfjs throws on every backend. Here they are
 * forward convolutions, as in two dimensions (Dumoulin & Visin 2016, §4). The transposed convolution, which has no
 * gradient in stock tfjs, gets one.
 * x: [batch, d, h, w, inChannels]  filter: [kd, kh, kw, inChannels, outChannels]
 */
export function mendConv3d(tf: Tf): void {
  mendKernel(tf, 'wasm', 'Conv3DBackpropFilterV2', () => (call) => {
    const [x, dy] = [input(call.inputs, 'x'), input(call.inputs, 'dy')];
    const attrs = call.attrs as object as Attrs & { filterShape: Size5 };
    const g = geometry3d(tf, x.shape, attrs.filterShape, attrs);
    return compose(tf, 'wasm', call.backend, (run) => filterGradient3d(run, x, dy, g));
  });

  mendKernel(tf, 'wasm', 'Conv3DBackpropInputV2', () => (call) => {
    const [dy, filter] = [input(call.inputs, 'dy'), input(call.inputs, 'filter')];
    const attrs = call.attrs as object as Attrs & { inputShape: Size5 };
    const g = geometry3d(tf, attrs.inputShape, filter.shape, attrs);
    return compose(tf, 'wasm', call.backend, (run) => inputGradient3d(run, dy, filter, g));
  });

  mendGradient(tf, 'Conv3D', (stock) => ({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const convolution = attrs as object as Attrs;
      if ([convolution.dilations ?? 1].flat().every((rate) => rate === 1)) return stock.gradFunc(dy, saved, attrs);
      const [x, filter] = [kept(saved, 0), kept(saved, 1)];
      const g = geometry3d(tf, x.shape, filter.shape, convolution);
      return {
        x: () => inputGradient3d(onEngine(tf), only(dy), filter, g),
        filter: () => filterGradient3d(onEngine(tf), x, only(dy), g),
      };
    },
  }));

  setGradient(tf, {
    kernelName: 'Conv3DBackpropInputV2',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (dy, saved, attrs) => {
      const [x, filter] = [kept(saved, 0), kept(saved, 1)];
      const { strides, pad } = attrs as object as Attrs;
      const upper = only(dy);
      return {
        dy: () => conv3d(tf, upper as Tensor5D, filter as Tensor5D, { strides, pad }),
        filter: () =>
          onEngine(tf)('Conv3DBackpropFilterV2', { x: upper, dy: x }, { strides, pad, filterShape: filter.shape }),
      };
    },
  });
}

/** Convolution with any stride and dilation, alone or together: `tf.conv3d` refuses both at once. */
export function conv3d(tf: Tf, x: Tensor5D, filter: Tensor5D, attrs: Attrs): Tensor5D {
  const { strides, pad, dilations = AT_ONE } = attrs;
  const inputs: Record<string, Tensor> = { x, filter };
  return tf.engine().runKernel<Tensor5D>('Conv3D', inputs, { strides, pad, dilations, dataFormat: 'NDHWC' });
}

function geometry3d(tf: Tf, inShape: number[], filterShape: number[], attrs: Attrs): Geometry3d {
  const { strides, dilations = 1, pad } = attrs;
  const info = tf.backend_util.computeConv3DInfo(size5(inShape), size5(filterShape), strides, dilations, pad);
  const { padInfo } = info;
  return {
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    axes: [
      {
        size: info.inDepth,
        kernel: info.filterDepth,
        stride: info.strideDepth,
        dilation: info.dilationDepth,
        before: padInfo.front,
        out: info.outDepth,
      },
      {
        size: info.inHeight,
        kernel: info.filterHeight,
        stride: info.strideHeight,
        dilation: info.dilationHeight,
        before: padInfo.top,
        out: info.outHeight,
      },
      {
        size: info.inWidth,
        kernel: info.filterWidth,
        stride: info.strideWidth,
        dilation: info.dilationWidth,
        before: padInfo.left,
        out: info.outWidth,
      },
    ],
  };
}

const each = <T>(axes: Geometry3d['axes'], f: (axis: Axis) => T): [T, T, T] => [f(axes[0]), f(axes[1]), f(axes[2])];

/** The input, channels as batch, convolved with the output gradient as filter, strides and dilations exchanged. */
function filterGradient3d<T extends TensorInfo>(run: Run<T>, x: T, dy: T, { axes }: Geometry3d): T {
  const padded = resize(run, x, each(axes, (a) => [a.before, reach(a)]));
  const taps = run(
    'Conv3D',
    {
      x: run('Transpose', { x: padded }, { perm: [4, 1, 2, 3, 0] }),
      filter: run('Transpose', { x: dy }, { perm: [1, 2, 3, 0, 4] }),
    },
    {
      strides: each(axes, (a) => a.dilation),
      dilations: each(axes, (a) => a.stride),
      pad: 'valid',
      dataFormat: 'NDHWC',
    },
  );
  // What the stride leaves over gives taps past the kernel.
  const beyond = axes.map((a, i): Pair => [0, a.kernel - (taps.shape[i + 1] ?? a.kernel)]);
  const cropped = crop(run, taps, beyond);
  return run('Transpose', { x: cropped }, { perm: [1, 2, 3, 0, 4] });
}

/** The output gradient, spread by the stride, convolved with the flipped kernel, channels exchanged. */
function inputGradient3d<T extends TensorInfo>(run: Run<T>, dy: T, filter: T, { axes, ...g }: Geometry3d): T {
  const kernelSize = each(axes, (a) => a.kernel);
  const taps = kernelSize[0] * kernelSize[1] * kernelSize[2];
  const rows = run('Reshape', { x: filter }, { shape: [taps, g.inChannels * g.outChannels] });
  const flipped = run('Reverse', { x: rows }, { dims: [0] });
  const kernel = run('Reshape', { x: flipped }, { shape: [...kernelSize, g.inChannels, g.outChannels] });
  const apart = spread(run, dy, each(axes, (a) => a.stride));
  return run(
    'Conv3D',
    {
      x: resize(run, apart, each(axes, margins)),
      filter: run('Transpose', { x: kernel }, { perm: [0, 1, 2, 4, 3] }),
    },
    { strides: AT_ONE, dilations: each(axes, (a) => a.dilation), pad: 'valid', dataFormat: 'NDHWC' },
  );
}

function size5(shape: readonly number[]): Size5 {
  const [a = 1, b = 1, c = 1, d = 1, e = 1] = shape;
  if (shape.length !== 5) throw new Error(`Expected five axes, got [${shape.join(', ')}].`);
  return [a, b, c, d, e];
}
