import type { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { type Problem, problem } from '@/core/problem';
import { type Result, err, ok } from '@/core/result';
import type { NativeSurroundings } from '../native/surroundings';
import { install } from '../kernels/install';
import type { Tf } from '../kernels/tf';

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** What differs between Node and a browser; `nodeSurroundings` and `browserSurroundings` give it. */
export interface Surroundings {
  /** Where the three wasm builds are served; null: beside the package, in node_modules. */
  readonly wasmFiles: Parameters<typeof setWasmPaths>[0] | null;
  /** Threads for wasm. More than one needs a cross-origin isolated page; tfjs caps it at half the logical cores. */
  readonly threads: number;
  /** What our own kernels need. */
  readonly native: NativeSurroundings;
  /** What graphics there are, asked of the machine itself. */
  readonly graphics: () => Promise<Graphics>;
  /**
   * Hands over what no call throws, such as errors of a backend's own threads and timers, until the answer is called.
   * `null` where nothing of the kind is told.
   */
  readonly uncaught: ((tell: (why: string) => void) => () => void) | null;
}

export interface Graphics {
  readonly webgpu: 'hardware' | 'software' | 'none';
  readonly webgl: 'hardware' | 'software' | 'none';
}

export interface PreparedBackend {
  readonly name: BackendName;
  /** As people read it: `wasm · SIMD · 2 threads`. */
  readonly detail: string;
}

/**
 * Loads a backend, mends it and makes it the current one of the tfjs given.
 * Fails with `backend.unavailable` where this machine lacks it; the backend that was current stays current.
 */
export async function prepareBackend(
  tf: Tf,
  name: BackendName,
  surroundings: Surroundings,
): Promise<Result<PreparedBackend, Problem>> {
  const before = tf.engine().backendName;
  try {
    const describe = await load(tf, name, surroundings);
    install(tf);
    if (await tf.setBackend(name)) return ok({ name, detail: await describe() });
    await restore(tf, before);
    return err(unavailable(name, 'it could not be started'));
  } catch (error) {
    await restore(tf, before);
    return err(unavailable(name, reasonOf(error)));
  }
}

/** Imports what the backend needs; gives a function that describes it once it runs. */
async function load(tf: Tf, name: BackendName, surroundings: Surroundings): Promise<() => Promise<string>> {
  switch (name) {
    case 'wasm': {
      const wasm = await import('@tensorflow/tfjs-backend-wasm');
      if (!isRunning(tf, 'wasm')) {
        if (surroundings.wasmFiles) wasm.setWasmPaths(surroundings.wasmFiles);
        // For a single thread the plain SIMD build spares a pool of idle workers.
        if (surroundings.threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
        wasm.setThreadsCount(surroundings.threads);
      }
      return async () => {
        const simd: boolean = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT').then(Boolean);
        const threaded: boolean = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT').then(Boolean);
        const threads = simd && threaded ? wasm.getThreadsCount() : 1;
        return ['wasm', ...(simd ? ['SIMD'] : []), threads === 1 ? '1 thread' : `${threads} threads`].join(' · ');
      };
    }
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu');
      return () => Promise.resolve('webgpu');
    case 'webgl':
      return () => {
        // Our shaders are written in its language.
        if (tf.env().getNumber('WEBGL_VERSION') < 2) throw new Error('this browser has WebGL 1, and it takes WebGL 2');
        return Promise.resolve('webgl 2');
      };
    case 'cpu':
      return () => Promise.resolve('cpu · plain JavaScript');
  }
}

/** Looked up in the registry itself: `findBackend` would start the backend to find it. */
const isRunning = (tf: Tf, name: BackendName): boolean => name in tf.engine().registry;

async function restore(tf: Tf, name: string | undefined): Promise<void> {
  if (name && tf.engine().backendName !== name) await tf.setBackend(name);
}

export function unavailable(name: BackendName, reason: string): Problem {
  return problem('backend.unavailable', `The backend ${name} does not run here: ${reason}. Choose another backend.`);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
