import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { Plan } from '@/compiler/plan';
import { browserSurroundings } from '@/engine/backends/browser';
import { prepareBackend } from '@/engine/backends/prepare';
import { MEND_CASES } from '@/engine/kernels/cases';
import { caseFault, comparisonFault, kernelsOf, operationFault } from '@/engine/kernels/cases/check';
import { COMPARISONS } from '@/engine/kernels/cases/comparisons';
import type { CaseBackend } from '@/engine/kernels/cases/mendCase';
import { OPERATIONS } from '@/engine/kernels/cases/operations';
import { update } from '@/engine/kernels/cases/updates';
import { draws } from '@/engine/kernels/draws';
import { install } from '@/engine/kernels/install';
import { relativeError } from '@/engine/kernels/testing';
import type { OnPhase, ProgramOptions } from '@/engine/program';
import { createReferenceProgram } from '@/engine/reference/createReferenceProgram';
import { batchFor, optionsFor } from '@/engine/testing/batches';
import { networks, planOf } from '@/engine/testing/plans';
import { optimizers } from '@/recipe/registry';

/** What is wrong, by name; null where nothing is. */
export type Faults = Readonly<Record<string, string | null>>;

/** Names of kernels, by what ran them. */
export type KernelNames = Readonly<Record<string, readonly string[]>>;

/** Checks of tfjs on one backend; the page of e2e/backends.spec.ts puts it into its global scope as `kernels`. */
export interface Kernels {
  /** Starts a backend, with the mends or as it comes. */
  start(backend: CaseBackend, mended: boolean): Promise<void>;
  /** All cases, or those that stock tfjs is said to fail on the backend. */
  cases(which: 'all' | 'failing'): Promise<Faults>;
  operations(): Promise<Faults>;
  comparisons(): Promise<Faults>;
  /** The kernels that one step of each optimizer runs for a weight, and that each draw runs. */
  updates(): Promise<KernelNames>;
  draws(): Promise<KernelNames>;
  /**
   * Steps of whole networks, held to the cpu backend; the shares of shaders compiled ahead that were told of, and how
   * many shaders the steps had to compile themselves.
   */
  programs(): Promise<{
    readonly faults: Faults;
    readonly late: number;
    readonly told: readonly (number | undefined)[];
  }>;
  /** Tensors' memory that the backend holds now. */
  held(): number;
}

let current: CaseBackend = 'cpu';

async function each<T extends { readonly name: string }>(
  items: readonly T[],
  fault: (item: T) => Promise<string | null>,
): Promise<Faults> {
  const faults: Record<string, string | null> = {};
  for (const item of items) faults[item.name] = await fault(item);
  return faults;
}

async function namesOf(bodies: readonly (readonly [name: string, body: () => tf.Tensor])[]): Promise<KernelNames> {
  const names: Record<string, readonly string[]> = {};
  for (const [name, body] of bodies) names[name] = await kernelsOf(tf, body);
  return names;
}

/** Shaders that the current backend has compiled. */
const shaders = (): number => {
  const caches = tf.engine().backend as object as Readonly<Record<'pipelineCache' | 'binaryCache', object | undefined>>;
  return Object.keys(caches.pipelineCache ?? caches.binaryCache ?? {}).length;
};

/** Of steps in single precision; shaders of webgl take tanh and the like to some 2e-4. */
const TOLERANCE = 1e-4;
const WEBGL_TOLERANCE = 1e-3;

/** Three steps of a network on a backend: its losses and weights, and the shaders that the steps compiled. */
async function trained(name: CaseBackend, plan: Plan, onPhase: OnPhase) {
  const options: ProgramOptions = { ...optionsFor({ clipNorm: 1, weightDecay: 0.01 }), trains: true };
  const prepared = await prepareBackend(tf, name, browserSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
  const created = await createReferenceProgram(tf, plan, options, prepared.value, onPhase);
  if (!created.ok) throw new Error(created.error.message);
  const program = created.value;
  const before = shaders();
  for (let step = 0; step < 3; step += 1) program.step(batchFor(plan, options.recipe.batchSize, step), 0.05);
  const late = shaders() - before;
  const losses = (await program.read()).map(({ loss }) => loss);
  const weights = await program.weights();
  program.dispose();
  return { losses, weights, late };
}

const kernels: Kernels = {
  start: async (backend, mended) => {
    if (browserSurroundings.wasmFiles) setWasmPaths(browserSurroundings.wasmFiles);
    setThreadsCount(browserSurroundings.threads);
    // Else small tensors never reach the graphics card.
    for (const flag of ['WEBGL_CPU_FORWARD', 'WEBGPU_CPU_FORWARD']) tf.env().set(flag, false);
    if (mended) install(tf);
    if (!(await tf.setBackend(backend))) throw new Error(`The backend ${backend} does not start in this browser.`);
    current = backend;
  },
  cases: (which) =>
    each(which === 'all' ? MEND_CASES : MEND_CASES.filter(({ failsOn }) => failsOn.includes(current)), (item) =>
      caseFault(tf, item),
    ),
  updates: () => namesOf([...optimizers].map(([type, definition]) => [type, () => update(tf, definition)])),
  draws: () => {
    const from = draws(tf, 1, 'layer/drop1', 0);
    return namesOf([
      ['dropping', () => from.dropping([3, 5], 0.5)],
      ['normal', () => from.normal([3, 5], 0, 1)],
    ]);
  },
  programs: async () => {
    let late = 0;
    const told: (number | undefined)[] = [];
    const faults = await each(
      Object.entries(networks).map(([name, entries]) => ({ name, plan: planOf(entries) })),
      async ({ plan }) => {
        const expected = await trained('cpu', plan, () => undefined);
        const actual = await trained(current, plan, (_what, share) => told.push(share));
        late += actual.late;
        // Together: a weight whose true gradient is zero holds nothing but rounding.
        const all = ({ losses, weights }: typeof actual) => [
          ...losses,
          ...Object.values(weights).flatMap((each) => [...each]),
        ];
        const off = relativeError(all(actual), all(expected));
        return off < (current === 'webgl' ? WEBGL_TOLERANCE : TOLERANCE) ? null : `off by ${off.toExponential(1)}`;
      },
    );
    return { faults, late, told };
  },
  held: () => tf.engine().backend.numDataIds(),
  comparisons: () => each(COMPARISONS, (item) => comparisonFault(tf, item, current)),
  operations: () => each(OPERATIONS, (item) => operationFault(tf, item, current)),
};

Object.assign(globalThis, { kernels });
document.title = 'ready';
