import { relaxedSimd, simd } from 'wasm-feature-detect';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { type KernelExports, type Kernels, Machine, PAGE } from './machine';
import type { KernelBuild, NativeSurroundings, ThreadHandle } from './surroundings';

/** Pages for the kernels' own data and stack, and more than they need at the start. */
const FIRST_PAGES = 32;
/** The most that 32 bits can address; some phones give less, and the most that is given is taken. */
const MOST_PAGES = [65_536, 32_768, 16_384, 8_192, 4_096];
/** Bytes of stack of a further thread. */
const STACK = PAGE;
/** Milliseconds within which a further thread is there; without it one thread does all. */
const START_LIMIT = 10_000;

/** A machine, and how people read what it is: `wasm · relaxed SIMD · 2 threads`. */
export interface StartedMachine {
  readonly machine: Machine;
  readonly detail: string;
  /** Ends its use; the kernels may serve another program. */
  release(): void;
}

/** Kernels that run, and what stops the threads that help. */
interface Running {
  readonly kernels: Kernels;
  readonly detail: string;
  stop(): void;
}

/** Kernels at rest: a module's memory and threads cost more to begin than to keep. */
const resting = new Map<string, Running[]>();
const MOST_RESTING = 1;
/** Memory never shrinks; a larger one is given back instead. */
const MOST_RESTING_BYTES = 2 ** 28;

const modules = new Map<string, Promise<WebAssembly.Module>>();
/** What has failed to start threads isn't waited for again. */
const threadless = new WeakSet<NonNullable<NativeSurroundings['startThread']>>();

/** Starts the fastest kernels that run here; a problem where there are none: a browser from before 2021. */
export async function startMachine(surroundings: NativeSurroundings): Promise<Result<StartedMachine, Problem>> {
  surroundings.prepare?.();
  if (!(await simd())) return err(unavailable('this browser has no WebAssembly SIMD'));
  try {
    const fused = !surroundings.plainSimd && (await relaxedSimd());
    return ok(await leased(surroundings, fused));
  } catch (error) {
    return err(unavailable(error instanceof Error ? error.message : String(error)));
  }
}

async function leased(surroundings: NativeSurroundings, fused: boolean): Promise<StartedMachine> {
  const { startThread } = surroundings;
  const threads = startThread && !threadless.has(startThread) ? Math.max(1, surroundings.threads) : 1;
  const build: KernelBuild = `${fused ? 'relaxed' : 'simd'}${threads > 1 ? '-threads' : ''}`;
  const address = surroundings.kernels[build];
  const key = `${threads} ${address}`;
  const running = resting.get(key)?.pop() ?? (await begin(address, threads, startThread, fused));
  if (!running) {
    if (startThread) threadless.add(startThread);
    return leased(surroundings, fused);
  }
  const machine = new Machine(running.kernels);
  return {
    machine,
    detail: running.detail,
    release: () => {
      const others = resting.get(key) ?? [];
      resting.set(key, others);
      const isSmall = running.kernels.memory.buffer.byteLength <= MOST_RESTING_BYTES;
      const keep = isSmall && others.length < MOST_RESTING && machine.isSound;
      machine.close({ clear: keep });
      if (keep) others.push(running);
      else running.stop();
    },
  };
}

/** `null` where the threads don't come. */
async function begin(
  address: string,
  threads: number,
  startThread: NativeSurroundings['startThread'],
  fused: boolean,
): Promise<Running | null> {
  const module = await (modules.get(address) ?? loaded(address));
  const { memory, most } = memoryFor(threads);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const exports = instance.exports as unknown as KernelExports;
  const stacks = Math.ceil(Number(exports.__heap_base.value) / 64) * 64;
  const bottom = stacks + STACK * (threads - 1);
  const helpers = Array.from({ length: threads - 1 }, (_, i) =>
    startThread?.({
      module,
      memory,
      id: i + 1,
      threads,
      stack: stacks + STACK * (i + 1),
      launch: exports.launches?.() ?? 0,
    }),
  ).filter((helper) => helper !== undefined);
  const stop = () => {
    exports.close?.();
    for (const helper of helpers) helper.end();
  };
  if (!(await allReady(helpers))) {
    stop();
    return null;
  }
  const detail = `wasm · ${fused ? 'relaxed SIMD' : 'SIMD'} · ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  return { kernels: { exports, memory, most, bottom, threads }, detail, stop };
}

async function allReady(helpers: readonly ThreadHandle[]): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), START_LIMIT)));
  const all = Promise.all(helpers.map(({ ready }) => ready)).then(
    () => true,
    () => false,
  );
  const came = await Promise.race([all, late]);
  clearTimeout(timer);
  return came;
}

function loaded(address: string): Promise<WebAssembly.Module> {
  const loading = fetch(address).then(async (response) => WebAssembly.compile(await response.arrayBuffer()));
  modules.set(address, loading);
  // What fails once, a connection lost, may go well the next time.
  loading.catch(() => modules.delete(address));
  return loading;
}

function memoryFor(threads: number): { readonly memory: WebAssembly.Memory; readonly most: number } {
  let failure: unknown;
  for (const most of MOST_PAGES) {
    try {
      const initial = FIRST_PAGES + threads - 1;
      return { memory: new WebAssembly.Memory({ initial, maximum: most, shared: threads > 1 }), most };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const unavailable = (reason: string): Problem =>
  problem('backend.unavailable', `The backend wasm does not run here: ${reason}. Choose another backend.`, {
    expected: 'wasm',
  });
