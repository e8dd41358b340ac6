import type { TensorInfo, Tf } from './tf';
import type { FormulaCall } from './trace';
import type { UniformValue } from './webgpuProgram';

interface Pipeline {
  getBindGroupLayout(index: number): object;
}

interface ComputePass {
  setPipeline(pipeline: Pipeline): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y: number): void;
}

interface Descriptor {
  readonly label: string;
  readonly layout: 'auto';
  readonly compute: { readonly module: object; readonly entryPoint: string };
}

/** What the backend's own `runWebGPUProgram` does its work with; that one gives a single output. */
interface WebgpuInside {
  readonly device: {
    createShaderModule(of: { readonly code: string; readonly label: string }): object;
    createComputePipeline(of: Descriptor): Pipeline;
    createComputePipelineAsync(of: Descriptor): Promise<Pipeline>;
    createBindGroup(of: {
      readonly layout: object;
      readonly entries: readonly { readonly binding: number; readonly resource: unknown }[];
    }): object;
    readonly limits: { readonly maxComputeWorkgroupsPerDimension: number };
  };
  readonly pipelineCache: Record<string, Pipeline | Promise<Pipeline>>;
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly commandEncoder: { beginComputePass(): ComputePass };
  computePassEncoder: ComputePass | null;
  dispatchCountInPass: number;
  makeTensorInfo(shape: number[], dtype: 'float32'): TensorInfo;
  uploadToGPU(dataId: object): void;
  tensorToBinding(tensor: TensorInfo): unknown;
  makeUniforms(values: readonly UniformValue[]): unknown;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const THREADS = 64;

/** A thread for each place. Buffers are bound in the order results, inputs, constants. */
function shaderOf({ inputs, formula }: FormulaCall): string {
  const results = Object.values(formula.results);
  const buffer = (binding: number, access: string, name: string) =>
    `@group(0) @binding(${binding}) var<storage, ${access}> ${name} : array<f32>;`;
  return `
    struct Constants { size : u32, ${formula.constants.map((_, i) => `k${i} : f32,`).join(' ')} };
    ${results.map((_, i) => buffer(i, 'read_write', `y${i}`)).join('\n')}
    ${inputs.map((_, i) => buffer(results.length + i, 'read', `in${i}`)).join('\n')}
    @group(0) @binding(${results.length + inputs.length}) var<uniform> constants : Constants;

    @compute @workgroup_size(${THREADS})
    fn main(@builtin(global_invocation_id) id : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>) {
      let at = id.y * groups.x * ${THREADS}u + id.x;
      if (at >= constants.size) { return; }
      ${formula.constants.map((_, i) => `let k${i} = constants.k${i};`).join(' ')}
      ${inputs.map(({ shape }, i) => `let x${i} = in${i}[${shape.length === 0 ? '0' : 'at'}];`).join(' ')}
      ${formula.expressions.map((expression, i) => `let v${i} = ${expression};`).join('\n')}
      ${results.map((name, i) => `y${i}[at] = ${name};`).join(' ')}
    }`;
}

/** Runs a formula as one dispatch with a buffer for each result. */
export function runOnWebgpu(tf: Tf, given: object, call: FormulaCall): TensorInfo[] {
  const backend = given as WebgpuInside;
  const { inputs, shape, formula } = call;
  const size = tf.util.sizeFromShape(shape);
  const outputs = Object.keys(formula.results).map(() => backend.makeTensorInfo(shape, 'float32'));
  const tensors = [...outputs, ...inputs];
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);

  // Kept where the backend keeps its own, which it waits for when many compile at once.
  const isCompiling = tf.env().getBool('WEBGPU_ENGINE_COMPILE_ONLY');
  const code = shaderOf(call);
  const pipeline = (backend.pipelineCache[code] ??= compiled(backend.device, code, isCompiling));
  if (isCompiling) return outputs;
  if (pipeline instanceof Promise) throw new Error('A shader is run before its compilation is over.');

  const uniforms: UniformValue[] = [
    { type: 'uint32', data: [size] },
    ...formula.constants.map((value): UniformValue => ({ type: 'float32', data: [value] })),
  ];
  const resources = [...tensors.map((tensor) => backend.tensorToBinding(tensor)), backend.makeUniforms(uniforms)];
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  const group = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: resources.map((resource, binding) => ({ binding, resource })),
  });
  backend.ensureCommandEncoderReady();
  const pass = (backend.computePassEncoder ??= backend.commandEncoder.beginComputePass());
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  const groups = Math.ceil(size / THREADS);
  const across = Math.min(groups, backend.device.limits.maxComputeWorkgroupsPerDimension);
  pass.dispatchWorkgroups(across, Math.ceil(groups / across));
  backend.dispatchCountInPass += 1;
  if (backend.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  return outputs;
}

function compiled(device: WebgpuInside['device'], code: string, asynchronously: boolean): Pipeline | Promise<Pipeline> {
  const label = 'elementwise';
  const module = device.createShaderModule({ code, label });
  const descriptor: Descriptor = { label, layout: 'auto', compute: { module, entryPoint: 'main' } };
  return asynchronously ? device.createComputePipelineAsync(descriptor) : device.createComputePipeline(descriptor);
}
