import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import relaxedThreads from '../native/wasm/relaxed-threads.wasm?url';
import relaxed from '../native/wasm/relaxed.wasm?url';
import kernelsSimdThreads from '../native/wasm/simd-threads.wasm?url';
import kernelsSimd from '../native/wasm/simd.wasm?url';
import threadSource from '../native/thread.worker.js?raw';
import type { NativeSurroundings, ThreadHandle, ThreadStart } from '../native/surroundings';
import type { Graphics, Surroundings } from './prepare';

/** More threads than this bring little, and each takes memory. */
const MOST_THREADS = 16;

const native: NativeSurroundings = {
  kernels: { simd: kernelsSimd, relaxed, 'simd-threads': kernelsSimdThreads, 'relaxed-threads': relaxedThreads },
  threads: Math.min(MOST_THREADS, navigator.hardwareConcurrency),
  startThread: globalThis.crossOriginIsolated ? startThread : null,
};

function startThread(start: ThreadStart): ThreadHandle {
  const address = URL.createObjectURL(new Blob([threadSource], { type: 'text/javascript' }));
  const worker = new Worker(address);
  const ready = new Promise<void>((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(`a thread could not be started: ${message}`));
    worker.onmessage = ({ data }) => {
      if (data === 'here') worker.postMessage(start);
      if (data === 'ready') resolve();
    };
  });
  const forget = () => URL.revokeObjectURL(address);
  ready.then(forget, forget);
  return { ready, end: () => worker.terminate() };
}

/** A page or its worker. The wasm files are served with the application: under COEP no other host may give them. */
export const browserSurroundings: Surroundings = {
  wasmFiles: {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
  },
  native,
  threads: globalThis.crossOriginIsolated ? threadsFor(navigator.hardwareConcurrency) : 1,
  graphics: async () => ({ webgpu: await webgpu(), webgl: webgl() }),
  uncaught,
};

/** As many as tfjs allows: it takes two logical cores for one real one, and starts at most eight. */
function threadsFor(logicalCores: number): number {
  return Math.min(8, Math.max(1, Math.floor(logicalCores / 2)));
}

/** What processors that imitate a graphics card call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

interface GpuAdapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
}

async function webgpu(): Promise<Graphics['webgpu']> {
  const gpu = 'gpu' in navigator ? (navigator.gpu as { requestAdapter(): Promise<GpuAdapter | null> }) : null;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return 'none';
  const fallback = adapter.isFallbackAdapter ?? adapter.info?.isFallbackAdapter ?? false;
  return fallback || SOFTWARE.test(adapter.info?.architecture ?? '') ? 'software' : 'hardware';
}

function webgl(): Graphics['webgl'] {
  if (typeof OffscreenCanvas === 'undefined') return 'none';
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return 'none';
  const extension = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return SOFTWARE.test(renderer) ? 'software' : 'hardware';
}

const listeners = new Set<(why: string) => void>();

/** Once a backend was listened to, what it leaves uncaught, even after its end, is no longer the worker's breakdown. */
function onUncaught(event: ErrorEvent): void {
  event.preventDefault();
  for (const tell of listeners) tell(event.message);
}

function uncaught(tell: (why: string) => void): () => void {
  globalThis.addEventListener('error', onUncaught);
  listeners.add(tell);
  return () => listeners.delete(tell);
}
