import type { NamedTensorInfoMap, NamedAttrMap, Tf, TensorInfo } from './tf';

export type Size4 = [number, number, number, number];
export type Pair = [number, number];
export type ExplicitPadding = [Pair, Pair, Pair, Pair];
export type Padding = 'valid' | 'same' | number | ExplicitPadding;

export const NO_PADDING: Pair = [0, 0];

/** One spatial axis of a convolution: out = ⌊(size + before + after − dilation·(kernel − 1) − 1) / stride⌋ + 1. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the first element. */
  readonly before: number;
  readonly out: number;
}

export interface Geometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly rows: Axis;
  readonly columns: Axis;
}

/** Attributes that tfjs gives to Conv2D and its gradient kernels. `dilations` is absent from stock gradient calls. */
export interface ConvAttrs {
  strides: number | Pair;
  dilations?: number | Pair;
  pad: Padding;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * A number as padding spelt out per side. Stock tfjs gives an output as wide as kernel height and vertical stride
 * would make it, so that for unequal axes the shape is wrong, and on wasm the kernel writes past its buffer.
 */
export function spellOut(pad: Padding): 'valid' | 'same' | ExplicitPadding {
  if (typeof pad !== 'number') return pad;
  return [NO_PADDING, [pad, pad], [pad, pad], NO_PADDING];
}

/** @param inShape [batch, h, w, inChannels]  @param filterShape [kh, kw, inChannels, outChannels | multiplier] */
export function geometry(tf: Tf, inShape: Size4, filterShape: Size4, attrs: ConvAttrs, depthwise = false): Geometry {
  if (attrs.dataFormat === 'NCHW') throw new Error('Our convolution kernels are channels-last only.');
  const info = tf.backend_util.computeConv2DInfo(
    inShape,
    filterShape,
    attrs.strides,
    attrs.dilations ?? 1,
    spellOut(attrs.pad),
    attrs.dimRoundingMode,
    depthwise,
  );
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    rows: {
      size: info.inHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: info.padInfo.top,
      out: info.outHeight,
    },
    columns: {
      size: info.inWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: info.padInfo.left,
      out: info.outWidth,
    },
  };
}

/** Runs one kernel. Given, so that the formulas below serve tensors on any backend and bare wasm buffers alike. */
export type Run<T extends TensorInfo> = (kernelName: string, inputs: Record<string, T>, attrs: NamedAttrMap) => T;

/**
 * Filter gradient as a forward convolution: the input, channels as batch, is convolved with the output gradient as
 * filter, strides and dilations exchanged (Dumoulin & Visin 2016, §4).
 * x: [batch, h, w, inChannels]  dy: [batch, h', w', outChannels]  →  [kh, kw, inChannels, outChannels]
 */
export function filterGradient<T extends TensorInfo>(run: Run<T>, x: T, dy: T, g: Geometry): T {
  const { rows, columns } = g;
  const images = run('Transpose', { x }, { perm: [3, 1, 2, 0] });
  const kernels = run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  // What the windows reach; rows beyond it are left over by the stride and would give taps past the kernel.
  const pad: ExplicitPadding = [NO_PADDING, [rows.before, reach(rows)], [columns.before, reach(columns)], NO_PADDING];
  const taps = run(
    'Conv2D',
    { x: images, filter: kernels },
    {
      strides: [rows.dilation, columns.dilation],
      dilations: [rows.stride, columns.stride],
      pad,
      dataFormat: 'NHWC',
    },
  );
  const fits = taps.shape[1] === rows.kernel && taps.shape[2] === columns.kernel;
  const size: Size4 = [g.inChannels, rows.kernel, columns.kernel, g.outChannels];
  const cropped = fits ? taps : run('Slice', { x: taps }, { begin: [0, 0, 0, 0], size });
  return run('Transpose', { x: cropped }, { perm: [1, 2, 0, 3] });
}

/**
 * Input gradient as a forward convolution: the output gradient, spread by the stride, is convolved with the flipped
 * kernel, channels exchanged (Dumoulin & Visin 2016, §4.6).
 * dy: [batch, h', w', outChannels]  filter: [kh, kw, inChannels, outChannels]  →  [batch, h, w, inChannels]
 */
export function inputGradient<T extends TensorInfo>(run: Run<T>, dy: T, filter: T, g: Geometry): T {
  const { rows, columns } = g;
  const flipped = run('Reverse', { x: filter }, { dims: [0, 1] });
  const kernel = run('Transpose', { x: flipped }, { perm: [0, 1, 3, 2] });
  const convolve = (x: T, vertical: Pair, horizontal: Pair): T =>
    run(
      'Conv2D',
      { x: crop(run, x, [vertical, horizontal]), filter: kernel },
      {
        strides: [1, 1],
        dilations: [rows.dilation, columns.dilation],
        pad: [NO_PADDING, positive(vertical), positive(horizontal), NO_PADDING],
        dataFormat: 'NHWC',
      },
    );
  if (rows.kernel === 1 && columns.kernel === 1) {
    // A 1×1 kernel mixes channels only: spreading after it spares stride² of the work.
    const mixed = spread(run, convolve(dy, NO_PADDING, NO_PADDING), [rows.stride, columns.stride]);
    return resize(run, mixed, [margins(rows), margins(columns)]);
  }
  return convolve(spread(run, dy, [rows.stride, columns.stride]), margins(rows), margins(columns));
}

/** Zeros after the last element that windows reach. */
export const reach = (a: Axis): number =>
  Math.max(0, (a.out - 1) * a.stride + (a.kernel - 1) * a.dilation + 1 - a.size - a.before);

/** Zeros to add (negative: elements to drop) around the spread output gradient so that a convolution gives `size`. */
export function margins(a: Axis): Pair {
  const before = (a.kernel - 1) * a.dilation - a.before;
  return [before, a.size + (a.kernel - 1) * a.dilation - before - a.out * a.stride];
}

export const positive = ([before, after]: Pair): Pair => [Math.max(0, before), Math.max(0, after)];

/** Drops what negative margins of the spatial axes name. x: [batch, …spatial, channels] */
export function crop<T extends TensorInfo>(run: Run<T>, x: T, spatial: readonly Pair[]): T {
  if (Math.min(...spatial.flat()) >= 0) return x;
  const margins = [NO_PADDING, ...spatial, NO_PADDING];
  const begin = margins.map(([before]) => Math.max(0, -before));
  const size = x.shape.map((n, axis) => n + margins[axis]!.reduce((sum, margin) => sum + Math.min(0, margin), 0));
  return run('Slice', { x }, { begin, size });
}

/** Adds zeros where margins of the spatial axes are positive, drops elements where they are negative. */
export function resize<T extends TensorInfo>(run: Run<T>, x: T, spatial: readonly Pair[]): T {
  const cropped = crop(run, x, spatial);
  const paddings = [NO_PADDING, ...spatial.map(positive), NO_PADDING];
  if (Math.max(...paddings.flat()) === 0) return cropped;
  return run('PadV2', { x: cropped }, { paddings, constantValue: 0 });
}

/** Puts stride − 1 zeros after each element: [batch, …spatial, c] → [batch, …spatial·strides, c]. */
export function spread<T extends TensorInfo>(run: Run<T>, x: T, strides: readonly number[]): T {
  const shape = [...x.shape];
  let spreadOut = x;
  // Each row of a matrix is one element of the axis with all behind it: padding on the right spreads the axis.
  for (let axis = strides.length; axis >= 1; axis -= 1) {
    const stride = strides[axis - 1]!;
    if (stride === 1) continue;
    const [count, length] = [product(shape.slice(0, axis + 1)), product(shape.slice(axis + 1))];
    const matrix = run('Reshape', { x: spreadOut }, { shape: [count, length] });
    const paddings: Pair[] = [NO_PADDING, [0, (stride - 1) * length]];
    spreadOut = run('PadV2', { x: matrix }, { paddings, constantValue: 0 });
    shape[axis]! *= stride;
  }
  return spreadOut === x ? x : run('Reshape', { x: spreadOut }, { shape });
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

export function size4(shape: readonly number[]): Size4 {
  const [a, b, c, d] = shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || shape.length !== 4) {
    throw new Error(`Expected four axes, got [${shape.join(', ')}].`);
  }
  return [a, b, c, d];
}

/** A named input of a kernel; tfjs always passes it, the type cannot say so. */
export function input(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const tensor = inputs[name];
  if (!tensor) throw new Error(`The kernel got no input named ${name}.`);
  return tensor;
}
