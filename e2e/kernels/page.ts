import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { browserSurroundings } from '@/engine/backends/browser';
import { MEND_CASES } from '@/engine/kernels/cases';
import { caseFault, comparisonFault, kernelsOf, operationFault } from '@/engine/kernels/cases/check';
import { COMPARISONS } from '@/engine/kernels/cases/comparisons';
import type { CaseBackend } from '@/engine/kernels/cases/mendCase';
import { OPERATIONS } from '@/engine/kernels/cases/operations';
import { update } from '@/engine/kernels/cases/updates';
import { draws } from '@/engine/kernels/draws';
import { install } from '@/engine/kernels/install';
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
  held: () => tf.engine().backend.numDataIds(),
  comparisons: () => each(COMPARISONS, (item) => comparisonFault(tf, item, current)),
  operations: () => each(OPERATIONS, (item) => operationFault(tf, item, current)),
};

Object.assign(globalThis, { kernels });
document.title = 'ready';
