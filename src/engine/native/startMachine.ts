import { relaxedSimd, simd } from 'wasm-feature-detect';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { Machine, type KernelExports } from './machine';
import type { KernelBuild, NativeSurroundings, ThreadHandle } from './surroundings';

/** Of 64 KiB: what the kernels' own data and stack need at the start, and the most that 32 bits can address. */
const FIRST_PAGES = 32;
/** Some phones give less; the most that is given is taken. */
const MOST_PAGES = [65_536, 32_768, 16_384, 8_192, 4_096];
/** Bytes of stack of a further thread. */
const STACK = 65_536;

/** A machine, and how people read what it is: `wasm · relaxed SIMD · 2 threads`. */
export interface StartedMachine {
  readonly machine: Machine;
  readonly detail: string;
  /** Takes it back for another program. */
  release(): void;
}

/** Machines at rest: a module's memory and threads cost more to begin than to keep. */
const resting = new Map<string, StartedMachine[]>();
const MOST_RESTING = 1;

const modules = new Map<KernelBuild, Promise<WebAssembly.Module>>();

/** Starts the fastest kernels that run here; a problem where there are none: a browser from before 2021. */
export async function startMachine(surroundings: NativeSurroundings): Promise<Result<StartedMachine, Problem>> {
  surroundings.prepare?.();
  if (!(await simd())) return err(unavailable('this browser has no WebAssembly SIMD'));
  const fused = await relaxedSimd();
  const threads = surroundings.startThread ? Math.max(1, surroundings.threads) : 1;
  const build: KernelBuild = `${fused ? 'relaxed' : 'simd'}${threads > 1 ? '-threads' : ''}`;
  const key = `${build} ${threads}`;
  const ready = resting.get(key)?.pop();
  if (ready) return ok(ready);
  try {
    const module = await (modules.get(build) ?? loaded(build, surroundings));
    const memory = memoryFor(threads > 1);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    const exports = instance.exports as unknown as KernelExports;
    const machine = new Machine(memory, exports, threads);
    const helpers = await help(surroundings, machine, exports, module);
    const simdName = fused ? 'relaxed SIMD' : 'SIMD';
    const started: StartedMachine = {
      machine,
      detail: `wasm · ${simdName} · ${threads === 1 ? '1 thread' : `${threads} threads`}`,
      release: () => {
        machine.reset();
        const others = resting.get(key) ?? [];
        resting.set(key, others);
        if (others.length < MOST_RESTING) others.push(started);
        else {
          exports.close?.();
          for (const helper of helpers) helper.end();
        }
      },
    };
    return ok(started);
  } catch (error) {
    return err(unavailable(error instanceof Error ? error.message : String(error)));
  }
}

function loaded(build: KernelBuild, { kernels }: NativeSurroundings): Promise<WebAssembly.Module> {
  const loading = fetch(kernels[build]).then(async (response) => WebAssembly.compile(await response.arrayBuffer()));
  modules.set(build, loading);
  // What fails once, a connection lost, may go well the next time.
  loading.catch(() => modules.delete(build));
  return loading;
}

function memoryFor(shared: boolean): WebAssembly.Memory {
  let failure: unknown;
  for (const maximum of MOST_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function help(
  { startThread }: NativeSurroundings,
  machine: Machine,
  exports: KernelExports,
  module: WebAssembly.Module,
): Promise<readonly ThreadHandle[]> {
  if (machine.threads === 1 || !startThread) return [];
  const bottom = machine.keep(STACK * (machine.threads - 1));
  return Promise.all(
    Array.from({ length: machine.threads - 1 }, (_, i) =>
      startThread({
        module,
        memory: machine.memory,
        id: i + 1,
        threads: machine.threads,
        stack: bottom + STACK * (i + 1),
        launch: exports.launches?.() ?? 0,
      }),
    ),
  );
}

const unavailable = (reason: string): Problem =>
  problem('backend.unavailable', `The backend wasm does not run here: ${reason}. Choose another backend.`, {
    expected: 'wasm',
  });
