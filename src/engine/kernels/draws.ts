import type { Tensor } from '@tensorflow/tfjs';
import { randomStream, type StreamStart, streamStart } from '@/core/random';
import type { Draws } from '@/layers/define';
import { hostDraws } from '@/layers/shared/draws';
import { inverted } from '@/layers/shared/masks';
import { compose } from './compose';
import { mendKernel } from './mend';
import { PHILOX_SHADER } from './philoxShader';
import type { TensorInfo, Tf } from './tf';
import type { WebglBackend, WebglProgram } from './webglProgram';
import type { UniformValue, WebgpuBackend, WebgpuProgram } from './webgpuProgram';

const KERNEL = 'PhiloxDraw';

/** Numbers from the beginning of a stream. */
interface DrawAttrs {
  readonly shape: number[];
  readonly start: StreamStart;
  /** What is made of each block of four words, by `PHILOX_SHADER`, with these. */
  readonly as: 'dropping' | 'normal';
  readonly threshold: number;
  readonly values: readonly [number, number];
}

/** Adds to webgl and webgpu a kernel that draws on the card what `randomStream` draws, of any shape. */
export function addDraws(tf: Tf): void {
  mendKernel(tf, 'webgpu', KERNEL, () => ({ attrs, backend }) => {
    const draw = attrs as object as DrawAttrs;
    return compose(tf, 'webgpu', backend, (run) => {
      const flat = run(() => drawOnWebgpu(backend as WebgpuBackend, tf.util.sizeFromShape(draw.shape), draw), {}, {});
      return run('Reshape', { x: flat }, { shape: draw.shape });
    });
  });
  mendKernel(tf, 'webgl', KERNEL, () => ({ attrs, backend }) => {
    const draw = attrs as object as DrawAttrs;
    const [columns = 1, rows = 1, ...outer] = [...draw.shape].reverse();
    const matrices = [tf.util.sizeFromShape(outer), rows, columns] as const;
    return compose(tf, 'webgl', backend, (run) => {
      const drawn = run(() => drawOnWebgl(backend as WebglBackend, matrices, draw), {}, {});
      return run('Reshape', { x: drawn }, { shape: draw.shape });
    });
  });
}

const THREADS = 64;
const BLOCK = 4;

function drawOnWebgpu(backend: WebgpuBackend, count: number, { as, start, threshold, values }: DrawAttrs): TensorInfo {
  const program: WebgpuProgram = {
    outputShape: [count],
    variableNames: [],
    uniforms: 'key : vec2<u32>, step : vec2<u32>, values : vec2<f32>, threshold : u32,',
    workgroupSize: [THREADS, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(count / BLOCK / THREADS), 1, 1],
    size: true,
    shaderKey: `philox_${as}`,
    getUserCode: () => `
      ${PHILOX_SHADER.wgsl}
      fn main(index : i32) {
        let words = philox(vec4<u32>(u32(index), 0u, uniforms.step), uniforms.key);
        let drawn = ${as}(words, uniforms.threshold, uniforms.values);
        for (var i = 0; i < ${BLOCK}; i++) {
          if (${BLOCK} * index + i < uniforms.size) { result[${BLOCK} * index + i] = drawn[i]; }
        }
      }`,
  };
  const uniforms: UniformValue[] = [
    { type: 'uint32', data: [...start.key] },
    { type: 'uint32', data: [...start.step] },
    { type: 'float32', data: [...values] },
    { type: 'uint32', data: [threshold] },
  ];
  return backend.runWebGPUProgram(program, [], 'float32', uniforms);
}

/** A texel holds two numbers of a row and two of the next, of up to four blocks. */
function drawOnWebgl(
  backend: WebglBackend,
  [outer, rows, columns]: readonly [number, number, number],
  { as, start, threshold, values }: DrawAttrs,
): TensorInfo {
  const program: WebglProgram = {
    variableNames: [],
    outputShape: [outer, rows, columns],
    packedOutput: true,
    customUniforms: [
      { name: 'key', type: 'ivec2' },
      { name: 'stepOfRun', type: 'ivec2' },
      { name: 'threshold', type: 'int' },
      { name: 'values', type: 'vec2' },
    ],
    userCode: `
      ${PHILOX_SHADER.glsl}
      int blockOf = -1;
      vec4 drawn;
      float numberAt(int index) {
        if (index / ${BLOCK} != blockOf) {
          blockOf = index / ${BLOCK};
          uvec4 words = philox(uvec4(uint(blockOf), 0u, uvec2(stepOfRun)), uvec2(key));
          drawn = ${as}(words, uint(threshold), values);
        }
        return drawn[index - ${BLOCK} * blockOf];
      }
      void main() {
        ivec3 at = getOutputCoords();
        int index = (at.x * ${rows} + at.y) * ${columns} + at.z;
        bool isRow = at.y + 1 < ${rows};
        bool isColumn = at.z + 1 < ${columns};
        vec4 result = vec4(numberAt(index), 0., 0., 0.);
        if (isColumn) result.g = numberAt(index + 1);
        if (isRow) result.b = numberAt(index + ${columns});
        if (isRow && isColumn) result.a = numberAt(index + ${columns} + 1);
        setOutput(result);
      }`,
  };
  // The same bits as signed numbers, which is all that uniforms of tfjs can be.
  const bits = (words: readonly number[]) => words.map((word) => word | 0);
  return backend.runWebGLProgram(program, [], 'float32', [bits(start.key), bits(start.step), [threshold | 0], values]);
}

/** What the stream of a purpose draws, at the step of a run: on the card where it can be, on the processor elsewhere. */
export function draws(tf: Tf, seed: number, purpose: string, step: number): Draws {
  if (!tf.getKernel(KERNEL, tf.getBackend())) return hostDraws(tf, () => randomStream(seed, purpose, step));
  const start = streamStart(seed, purpose, step);
  const draw = (attrs: Omit<DrawAttrs, 'start'>): Tensor =>
    tf.engine().runKernel<Tensor>(KERNEL, {}, { ...attrs, start: { ...start } });
  return {
    dropping: (shape, rate, { dropped, kept } = inverted(rate)) =>
      // A word is below a number if it is below the next whole one.
      draw({ shape: [...shape], as: 'dropping', threshold: Math.ceil(rate * 2 ** 32), values: [dropped, kept] }),
    normal: (shape, mean, deviation) =>
      draw({ shape: [...shape], as: 'normal', threshold: 0, values: [mean, deviation] }),
  };
}
