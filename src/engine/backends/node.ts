import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
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

const builds = { simd, relaxed, 'simd-threads': simdThreads, 'relaxed-threads': relaxedThreads };

/** The builds of a folder in place of the ones that came with the program: another compiler's, to be tested. */
function kernelsIn(folder: string): typeof builds {
  const read = (name: string) => `data:application/wasm;base64,${readFileSync(join(folder, `${name}.wasm`), 'base64')}`;
  return Object.fromEntries(Object.keys(builds).map((name) => [name, read(name)])) as typeof builds;
}

const { LAYERLOOM_KERNELS: folder } = process.env;

const native: NativeSurroundings = {
  kernels: folder ? kernelsIn(folder) : builds,
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
  uncaught: null,
};
