import { input } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';
import { type WasmBackend, heapFloats, heapInts } from './wasmBackend';

/**
 * UnsortedSegmentSum, the gradient of gather and embedding, which stock wasm lacks. Rows whose segment is negative or
 * beyond the last one count nowhere, as on the cpu backend.
 * x: [n, …]  segmentIds: [n], int32  →  [numSegments, …]
 */
export function mendUnsortedSegmentSum(tf: Tf): void {
  mendKernel(tf, 'wasm', 'UnsortedSegmentSum', () => (call) => {
    const backend = call.backend as WasmBackend;
    const x = input(call.inputs, 'x');
    const segmentIds = input(call.inputs, 'segmentIds');
    const { numSegments } = call.attrs as object as { numSegments: number };
    const rest = x.shape.slice(segmentIds.shape.length);
    const isInteger = x.dtype === 'int32';
    const out = backend.makeOutput([numSegments, ...rest], isInteger ? 'int32' : 'float32');
    const view = isInteger ? heapInts : heapFloats;
    const [from, to] = [view(backend, x), view(backend, out)];
    const ids = heapInts(backend, segmentIds);
    const row = rest.reduce((product, size) => product * size, 1);
    to.fill(0);
    ids.forEach((id, n) => {
      if (id < 0 || id >= numSegments) return;
      for (let i = 0; i < row; i += 1) to[id * row + i]! += from[n * row + i]!;
    });
    return out;
  });
}
