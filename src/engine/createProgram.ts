import * as tf from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { availableBackends } from './backends/available';
import { watchBackend, watched } from './backends/loss';
import { type BackendName, prepareBackend, type Surroundings, unavailable } from './backends/prepare';
import { createBridge } from './native/bridge';
import { createNativeProgram, type OpenBridge } from './native/createNativeProgram';
import type { OnPhase, Program, ProgramOptions } from './program';
import { buildNetwork } from './reference/network';
import { createReferenceProgram } from './reference/createReferenceProgram';

export type BackendChoice = 'auto' | BackendName;

/**
 * Makes a plan runnable. `auto` takes the likely fastest backend that starts, the next one where it does not;
 * a backend asked for by name is that one or a problem.
 * @param onPhase is told in words what is being done, and why a backend was passed over.
 */
export async function createProgram(
  surroundings: Surroundings,
  choice: BackendChoice,
  plan: Plan,
  options: ProgramOptions,
  onPhase: OnPhase = () => {},
): Promise<Result<Program, Problem>> {
  const names = choice === 'auto' ? (await availableBackends(surroundings)).map(({ name }) => name) : [choice];
  let failure: Problem | null = null;
  for (const name of names) {
    onPhase(`Starting ${name}`);
    const program = await programOn(surroundings, name, plan, options, onPhase);
    if (program.ok) return program;
    failure = program.error;
    if (choice === 'auto') onPhase(failure.message);
  }
  return err(failure ?? { severity: 'error', code: 'backend.none', message: 'No backend runs on this machine.' });
}

/** On the backend `wasm` our own kernels come first, and tfjs's where those have not what the recipe asks for. */
async function programOn(
  surroundings: Surroundings,
  name: BackendName,
  plan: Plan,
  options: ProgramOptions,
  onPhase: OnPhase,
): Promise<Result<Program, Problem>> {
  if (name === 'wasm') {
    const native = await createNativeProgram(surroundings.native, plan, options, bridgeOnTfjs(surroundings));
    if (!native.ok && native.error.code !== 'backend.unavailable') return native;
    if (native.ok && native.value) return ok(watched(native.value, watchBackend(tf, name, surroundings)));
  }
  const prepared = await prepareBackend(tf, name, surroundings);
  if (!prepared.ok) return prepared;
  const watch = watchBackend(tf, name, surroundings);
  const lost = watch.reason();
  if (lost === null) onPhase(`Building the network on ${prepared.value.detail}`);
  const program =
    lost === null ? await createReferenceProgram(tf, plan, options, prepared.value, onPhase) : err(unavailable(name, lost));
  if (program.ok) return ok(watched(program.value, watch));
  watch.stop();
  return program;
}

/** Layers that our kernels lack run on tfjs's wasm, which is loaded only then. */
const bridgeOnTfjs =
  (surroundings: Surroundings): OpenBridge =>
  async (plan, moment) => {
    const prepared = await prepareBackend(tf, 'wasm', surroundings);
    if (!prepared.ok) return prepared;
    const network = await buildNetwork(tf, plan);
    if (!network.ok) return network;
    const onBackend = () => {
      if (tf.getBackend() !== prepared.value.name) void tf.setBackend(prepared.value.name);
    };
    return ok(createBridge(tf, network.value, onBackend, moment));
  };
