import type { TensorInfo, Tf } from './tf';
import type { FormulaCall } from './trace';
import type { WebglBackend, WebglProgram } from './webglProgram';

/** Where a tensor's numbers lie; sizes of packed textures are in numbers, two by two in a texel. */
interface TextureData {
  readonly texture: { readonly texture: WebGLTexture } | null;
  readonly texShape: readonly [number, number];
  readonly shape: readonly number[];
  readonly slice?: object | null;
  isPacked?: boolean;
}

type LinkedProgram = WebGLProgram & { readonly vao: object };

/** A shader as the backend keeps them. Locations are missing until it is linked, where many are compiled at once. */
interface Binary {
  readonly program: { readonly variableNames: readonly string[]; readonly customUniforms: readonly object[] };
  readonly fragmentShader: WebGLShader;
  readonly source: string;
  readonly webGLProgram: LinkedProgram;
  variablesLocations: readonly { readonly uniform: WebGLUniformLocation | null }[] | null;
  customUniformLocations: readonly (WebGLUniformLocation | null)[] | null;
}

/** What the backend's own `runWebGLProgram` does its work with; that one gives a single output. */
interface WebglInside extends WebglBackend {
  readonly gpgpu: {
    readonly gl: WebGL2RenderingContext;
    createProgram(fragmentShader: WebGLShader): LinkedProgram;
    buildVao(program: LinkedProgram): void;
    setProgram(program: LinkedProgram): void;
    bindVertexArray(vao: object): void;
    executeProgram(): void;
  };
  readonly texData: { get(dataId: object): TextureData };
  readonly binaryCache: Record<string, Binary>;
  makeTensorInfo(shape: number[], dtype: 'float32'): TensorInfo;
  uploadToGPU(dataId: object): void;
  disposeData(dataId: object): boolean;
}

/** A framebuffer of our own leaves the one that the backend draws with as it is. */
const framebuffers = new WeakMap<WebGL2RenderingContext, WebGLFramebuffer>();

/** A fragment for each texel, whatever its four numbers are: all inputs lie in their textures alike. */
function shaderOf({ inputs, formula }: FormulaCall): string {
  const names = Object.values(formula.results);
  const fetched = inputs.map(({ shape }, i) =>
    shape.length === 0 ? `float x${i} = texelFetch(in${i}, ivec2(0), 0).r;` : `vec4 x${i} = texelFetch(in${i}, at, 0);`,
  );
  return `#version 300 es
    precision highp float;
    precision highp int;
    precision highp sampler2D;
    ${inputs.map((_, i) => `uniform sampler2D in${i};`).join(' ')}
    ${formula.constants.length > 0 ? `uniform float k[${formula.constants.length}];` : ''}
    ${names.map((_, i) => `layout(location = ${i}) out vec4 y${i};`).join(' ')}
    void main() {
      ivec2 at = ivec2(gl_FragCoord.xy);
      ${formula.constants.map((_, i) => `float k${i} = k[${i}];`).join(' ')}
      ${fetched.join('\n')}
      ${formula.expressions.map((expression, i) => `vec4 v${i} = vec4(${expression});`).join('\n')}
      ${names.map((name, i) => `y${i} = vec4(${name});`).join(' ')}
    }`;
}

/** A copy that lies as the backend would lay it out anew, whatever the tensor was reshaped from or cut out of. */
const laidOut: (shape: number[]) => WebglProgram = (shape) => ({
  variableNames: ['x'],
  outputShape: shape,
  packedInputs: true,
  packedOutput: true,
  userCode: 'void main() { setOutput(getXAtOutCoords()); }',
});

/** Runs a formula as one draw into a texture for each result. */
export function runOnWebgl(tf: Tf, given: object, call: FormulaCall): TensorInfo[] {
  const backend = given as WebglInside;
  const { inputs, shape, formula } = call;
  const outputs = Object.keys(formula.results).map(() => {
    const output = backend.makeTensorInfo(shape, 'float32');
    backend.texData.get(output.dataId).isPacked = true;
    backend.uploadToGPU(output.dataId);
    return output;
  });
  const texShape = backend.texData.get(outputs[0]!.dataId).texShape;

  const copies: TensorInfo[] = [];
  const alike = inputs.map((tensor) => {
    if (isLaidOut(backend, tensor, texShape)) return tensor;
    const copy = backend.runWebGLProgram(laidOut(tensor.shape), [tensor], 'float32');
    copies.push(copy);
    return copy;
  });
  const source = shaderOf(call);
  const binary = (backend.binaryCache[source] ??= compiled(backend, source, call));
  if (!tf.env().getBool('ENGINE_COMPILE_ONLY')) draw(backend, binary, alike, outputs, formula.constants);
  for (const { dataId } of copies) backend.disposeData(dataId);
  return outputs;
}

/** Whether a tensor's numbers stand in the texels in which an output of its shape has them; a scalar's in the first. */
function isLaidOut({ texData }: WebglInside, { dataId, shape }: TensorInfo, texShape: readonly number[]): boolean {
  const data = texData.get(dataId);
  if (!data.texture || data.slice) return false;
  const matrix = (sizes: readonly number[]) => sizes.slice(-2).join();
  const isAlike = data.isPacked && matrix(data.shape) === matrix(shape) && data.texShape.join() === texShape.join();
  return shape.length === 0 || isAlike === true;
}

function compiled({ gpgpu }: WebglInside, source: string, { inputs, formula }: FormulaCall): Binary {
  const { gl } = gpgpu;
  const fragmentShader = gl.createShader(gl.FRAGMENT_SHADER);
  if (!fragmentShader) throw new Error('The graphics card has been lost.');
  gl.shaderSource(fragmentShader, source);
  gl.compileShader(fragmentShader);
  return {
    program: {
      variableNames: inputs.map((_, i) => `in${i}`),
      customUniforms: formula.constants.length > 0 ? [{ name: 'k', type: 'float' }] : [],
    },
    fragmentShader,
    source,
    webGLProgram: gpgpu.createProgram(fragmentShader),
    variablesLocations: null,
    customUniformLocations: null,
  };
}

function draw(
  { gpgpu, texData }: WebglInside,
  binary: Binary,
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
  constants: readonly number[],
): void {
  const { gl } = gpgpu;
  const { program, webGLProgram } = binary;
  if (!binary.variablesLocations) {
    gpgpu.buildVao(webGLProgram);
    const locate = (name: string) => gl.getUniformLocation(webGLProgram, name);
    binary.variablesLocations = program.variableNames.map((name) => ({ uniform: locate(name) }));
    binary.customUniformLocations = constants.length > 0 ? [locate('k')] : [];
  }
  const textureOf = ({ dataId }: TensorInfo) => texData.get(dataId).texture?.texture ?? null;
  const [rows, columns] = texData.get(outputs[0]!.dataId).texShape;
  const attachments = outputs.map((_, i) => gl.COLOR_ATTACHMENT0 + i);
  const attach = (texture: WebGLTexture | null, i: number) =>
    gl.framebufferTexture2D(gl.FRAMEBUFFER, attachments[i]!, gl.TEXTURE_2D, texture, 0);

  gl.bindFramebuffer(gl.FRAMEBUFFER, framebufferOf(gl));
  outputs.forEach((output, i) => attach(textureOf(output), i));
  gl.drawBuffers(attachments);
  gl.viewport(0, 0, Math.ceil(columns / 2), Math.ceil(rows / 2));
  gl.scissor(0, 0, Math.ceil(columns / 2), Math.ceil(rows / 2));
  gpgpu.setProgram(webGLProgram);
  gpgpu.bindVertexArray(webGLProgram.vao);
  inputs.forEach((tensor, i) => {
    gl.activeTexture(gl.TEXTURE0 + i);
    gl.bindTexture(gl.TEXTURE_2D, textureOf(tensor));
    gl.uniform1i(binary.variablesLocations?.[i]?.uniform ?? null, i);
  });
  gl.uniform1fv(binary.customUniformLocations?.[0] ?? null, [...constants]);
  gpgpu.executeProgram();
  // Bound to a framebuffer, a texture could not be freed.
  outputs.forEach((_, i) => attach(null, i));
}

function framebufferOf(gl: WebGL2RenderingContext): WebGLFramebuffer {
  const framebuffer = framebuffers.get(gl) ?? gl.createFramebuffer();
  framebuffers.set(gl, framebuffer);
  return framebuffer;
}
