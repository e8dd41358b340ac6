import { compose } from './compose';
import { input } from './convolution';
import { around } from './gradients';
import { mendKernel } from './mend';
import type { NamedAttrMap, Tf } from './tf';

/** What a kernel does on several axes at once, as work on one axis after the other of [before, axis, after]. */
interface Axiswise {
  readonly kernelName: string;
  readonly backends: readonly string[];
  /** Attributes for the middle one of three axes; null where the axis is left alone. */
  attrs(attrs: object, axis: number, rank: number): NamedAttrMap | null;
}

type Paddings = readonly (readonly [number, number])[];

function forPadding(attrs: object, axis: number): NamedAttrMap | null {
  const { paddings } = attrs as { paddings: Paddings };
  const [before, after] = paddings[axis] ?? [0, 0];
  return before + after === 0 ? null : { ...attrs, paddings: [[0, 0], [before, after], [0, 0]] };
}

const AXISWISE: readonly Axiswise[] = [
  { kernelName: 'PadV2', backends: ['webgl', 'webgpu'], attrs: forPadding },
  { kernelName: 'MirrorPad', backends: ['webgl', 'webgpu'], attrs: forPadding },
  {
    kernelName: 'Reverse',
    backends: ['webgpu'],
    attrs: (attrs, axis, rank) => {
      const { dims } = attrs as { dims: number | readonly number[] };
      return [dims].flat().some((dim) => (dim + rank) % rank === axis) ? { dims: [1] } : null;
    },
  },
];

/** The largest rank whose coordinates the shaders of these kernels can take apart. */
const SHADER_RANK = 4;

/**
 * Padding and reversal from rank 5 on: on stock webgl and webgpu the shader does not compile, which on webgpu also
 * loses the work queued with it.
 */
export function mendHighRanks(tf: Tf): void {
  for (const { kernelName, backends, attrs } of AXISWISE) {
    for (const backendName of backends) {
      mendKernel(tf, backendName, kernelName, (stock) => (call) => {
        if (!stock) throw new Error(`The ${backendName} backend has no ${kernelName}.`);
        const x = input(call.inputs, 'x');
        if (x.shape.length <= SHADER_RANK) return stock(call);
        return compose(tf, backendName, call.backend, (run) => {
          let result = x;
          const shape = [...x.shape];
          shape.forEach((_, axis) => {
            const own = attrs(call.attrs ?? {}, axis, shape.length);
            if (!own) return;
            const seen = run('Reshape', { x: result }, { shape: around(shape, axis) });
            result = run(stock, { x: seen }, own);
            shape[axis] = result.shape[1] ?? 1;
          });
          return run('Reshape', { x: result }, { shape });
        });
      });
    }
  }
}
