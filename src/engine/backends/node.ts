import type { Surroundings } from './prepare';

/** Node: the package finds its own wasm files; tfjs runs wasm on one thread there, and has no graphics. */
export const nodeSurroundings: Surroundings = {
  wasmFiles: null,
  threads: 1,
  graphics: () => Promise.resolve({ webgpu: 'none', webgl: 'none' }),
  uncaught: null,
};
