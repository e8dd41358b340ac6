import os from 'node:os';
import v8 from 'node:v8';
import { Worker } from 'node:worker_threads';
import relaxedThreads from '../native/wasm/relaxed-threads.wasm?url&inline';
import relaxed from '../native/wasm/relaxed.wasm?url&inline';
import simdThreads from '../native/wasm/simd-threads.wasm?url&inline';
import simd from '../native/wasm/simd.wasm?url&inline';
import threadSource from '../native/thread.worker.js?raw';
import type { NativeSurroundings, ThreadHandle, ThreadStart } from '../native/surroundings';
import type { Surroundings } from './prepare';

/** Relaxed SIMD is there from Node 21 on, and behind a switch before. */
function switchRelaxedSimdOn(): void {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 21) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

function startThread(start: ThreadStart): ThreadHandle {
  const worker = new Worker(threadSource, { eval: true });
  // A thread at rest doesn't keep the process from ending.
  worker.unref();
  const ready = new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message) => {
      if (message === 'here') worker.postMessage(start);
      if (message === 'ready') resolve();
    });
  });
  return { ready, end: () => void worker.terminate() };
}

const native: NativeSurroundings = {
  kernels: { simd, relaxed, 'simd-threads': simdThreads, 'relaxed-threads': relaxedThreads },
  threads: os.availableParallelism(),
  startThread,
  prepare: switchRelaxedSimdOn,
};

/** Node: the package finds its own wasm files; tfjs runs wasm on one thread there, and has no graphics. */
export const nodeSurroundings: Surroundings = {
  wasmFiles: null,
  threads: 1,
  native,
  graphics: () => Promise.resolve({ webgpu: 'none', webgl: 'none' }),
};
