import { compose } from './compose';
import { input } from './convolution';
import { around } from './gradients';
import { mendKernel } from './mend';
import type { NamedAttrMap, Tf } from './tf';

type PerAxis = readonly (NamedAttrMap | null)[];
type Paddings = readonly (readonly [number, number])[];

interface SliceAttrs {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/** A kernel whose work on several axes is work on one after the other of [before, axis, after]. */
interface Axiswise {
  readonly kernelName: string;
  /** For each axis the attributes that do its work on the middle one of three axes; null where it is left alone. */
  perAxis(tf: Tf, attrs: object, shape: number[]): PerAxis;
  /** Where axes are dropped or added at the end. */
  finalShape?(tf: Tf, attrs: object, shape: number[]): number[];
}

const padding: Axiswise['perAxis'] = (_tf, attrs, shape) => {
  const { paddings } = attrs as { paddings: Paddings };
  return shape.map((_, axis) => {
    const [before, after] = paddings[axis] ?? [0, 0];
    return before + after === 0 ? null : { ...attrs, paddings: [[0, 0], [before, after], [0, 0]] };
  });
};

const sliceInfo = (tf: Tf, attrs: object, shape: number[]) => {
  const { begin, end, strides, ...masks } = attrs as SliceAttrs;
  const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = masks;
  return tf.slice_util.sliceInfo(
    shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
};

const AXISWISE: readonly Axiswise[] = [
  { kernelName: 'PadV2', perAxis: padding },
  { kernelName: 'MirrorPad', perAxis: padding },
  {
    kernelName: 'Tile',
    perAxis: (_tf, attrs) => (attrs as { reps: number[] }).reps.map((n) => (n === 1 ? null : { reps: [1, n, 1] })),
  },
  {
    kernelName: 'Reverse',
    perAxis: (_tf, attrs, shape) => {
      const { dims } = attrs as { dims: number | readonly number[] };
      const reversed = [dims].flat().map((dim) => (dim + shape.length) % shape.length);
      return shape.map((_, axis) => (reversed.includes(axis) ? { dims: [1] } : null));
    },
  },
  {
    kernelName: 'Cumsum',
    perAxis: (_tf, attrs, shape) => {
      const along = ((attrs as { axis: number }).axis + shape.length) % shape.length;
      return shape.map((_, axis) => (axis === along ? { ...attrs, axis: 1 } : null));
    },
  },
  {
    kernelName: 'StridedSlice',
    perAxis: (tf, attrs, shape) => {
      const { begin, strides, finalShapeSparse } = sliceInfo(tf, attrs, shape);
      return shape.map((size, axis) => {
        const [first, stride, count] = [begin[axis] ?? 0, strides[axis] ?? 1, finalShapeSparse[axis] ?? size];
        if (stride === 1 && count === size) return null;
        const last = first + (count - 1) * stride + Math.sign(stride);
        return {
          begin: [0, first, 0],
          end: [0, Math.max(0, last), 0],
          strides: [1, stride, 1],
          beginMask: 0,
          // The outer axes whole; the middle one to its very end where a negative bound would count from behind.
          endMask: last < 0 ? 0b111 : 0b101,
          ellipsisMask: 0,
          newAxisMask: 0,
          shrinkAxisMask: 0,
        };
      });
    },
    finalShape: (tf, attrs, shape) => sliceInfo(tf, attrs, shape).finalShape,
  },
];

/** The largest rank whose coordinates the shaders of these kernels can take apart. */
const SHADER_RANK = 4;

/**
 * Padding, tiling, reversal, strided slices, running sums and selection from rank 5 on. On stock webgl and webgpu they
 * throw, wait for the numbers to come back from the card, or the shader does not compile, which on webgpu also loses
 * the work queued with it.
 */
export function mendHighRanks(tf: Tf): void {
  for (const backendName of ['webgl', 'webgpu']) {
    for (const axiswise of AXISWISE) mendAxiswise(tf, backendName, axiswise);
    mendSelect(tf, backendName);
  }
}

function mendAxiswise(tf: Tf, backendName: string, { kernelName, perAxis, finalShape }: Axiswise): void {
  mendKernel(tf, backendName, kernelName, (stock) => (call) => {
    if (!stock) throw new Error(`The ${backendName} backend has no ${kernelName}.`);
    const x = input(call.inputs, 'x');
    if (x.shape.length <= SHADER_RANK) return stock(call);
    const attrs = call.attrs ?? {};
    return compose(tf, backendName, call.backend, (run) => {
      let result = x;
      const shape = [...x.shape];
      perAxis(tf, attrs, x.shape).forEach((own, axis) => {
        if (!own) return;
        const seen = run('Reshape', { x: result }, { shape: around(shape, axis) });
        result = run(stock, { x: seen }, own);
        shape[axis] = result.shape[1] ?? 1;
      });
      return run('Reshape', { x: result }, { shape: finalShape?.(tf, attrs, x.shape) ?? shape });
    });
  });
}

/** Selection goes number by number, so that the shape does not matter. */
function mendSelect(tf: Tf, backendName: string): void {
  mendKernel(tf, backendName, 'Select', (stock) => (call) => {
    if (!stock) throw new Error(`The ${backendName} backend has no Select.`);
    const { shape } = input(call.inputs, 't');
    const isFlat = input(call.inputs, 'condition').shape.length !== shape.length;
    if (shape.length <= SHADER_RANK || isFlat) return stock(call);
    return compose(tf, backendName, call.backend, (run) => {
      const flat = Object.entries(call.inputs).map(([name, x]) => {
        const size = x ? tf.util.sizeFromShape(x.shape) : 0;
        return [name, run('Reshape', { x }, { shape: [1, size] })] as const;
      });
      return run('Reshape', { x: run(stock, Object.fromEntries(flat), {}) }, { shape });
    });
  });
}
