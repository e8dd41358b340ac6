import type { DataType } from '@tensorflow/tfjs';
import type { TensorInfo } from './tf';

/**
 * A fragment shader of WebGL 2 as the webgl backend takes it: it declares `getX(…)` for an input `x`, `getOutputCoords()` and
 * `setOutput(…)`. Packed textures hold two by two elements of the last two axes in a texel: red and green of one row,
 * blue and alpha of the next; coordinates are then those of the red one.
 */
export interface WebglProgram {
  readonly variableNames: string[];
  readonly outputShape: number[];
  readonly userCode: string;
  readonly packedInputs?: boolean;
  readonly packedOutput?: boolean;
  readonly customUniforms?: readonly {
    readonly name: string;
    readonly type: 'int' | 'ivec2' | 'ivec4' | 'float' | 'vec2';
  }[];
}

/** The part of the webgl backend that shaders of our own use. */
export interface WebglBackend {
  runWebGLProgram(
    program: WebglProgram,
    inputs: TensorInfo[],
    outputType: DataType,
    uniforms?: readonly (readonly number[])[],
  ): TensorInfo;
}
