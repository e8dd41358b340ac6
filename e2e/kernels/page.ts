import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { browserSurroundings } from '@/engine/backends/browser';
import { OPERATIONS } from '@/engine/kernels/cases/operations';
import { install } from '@/engine/kernels/install';
setWasmPaths(browserSurroundings.wasmFiles!);
function distinct(shape: readonly number[], seed: number) {
  const n = shape.reduce((a, b) => a * b, 1);
  const v = Array.from({ length: n }, (_, i) => (2 * i + 1 - n + (n % 2 ? 0.3 : 0)) / n);
  let s = seed * 7919 + 1;
  for (let i = n - 1; i > 0; i--) { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; const j = s % (i + 1); [v[i], v[j]] = [v[j]!, v[i]!]; }
  return tf.tensor(v, shape as number[]);
}
Object.assign(globalThis, { survey: async (backend: string, mended: boolean, only?: string) => {
  if (mended) install(tf);
  if (!location.search.includes('fwd')) for (const flag of ['WEBGPU_CPU_FORWARD', 'WEBGL_CPU_FORWARD']) tf.env().set(flag, false);
  if (!(await tf.setBackend(backend))) throw new Error('no ' + backend);
  await tf.ready();
  const out: Record<string, unknown> = {};
  for (const op of OPERATIONS) {
    if (only && !op.name.includes(only)) continue;
    const t0 = performance.now();
    const r: { y?: number[]; shape?: number[]; g?: number[][]; e?: string; ms?: number, fd?: number[][] } = {};
    try {
      const xs = op.shapes.map((s, i) => distinct(s, i + 1));
      const y = tf.tidy(() => op.run(tf, ...xs));
      r.shape = y.shape; r.y = Array.from(await y.data());
      const dy = distinct(y.shape, 9);
      if (backend === 'cpu' && !op.name.startsWith('mm ')) {
        const w = dy.dataSync();
        const f = (k: number, i: number, h: number) => tf.tidy(() => {
          const v = xs.map((x) => Float32Array.from(x.dataSync())); v[k]![i]! += h;
          const yy = op.run(tf, ...v.map((a, j) => tf.tensor(a, xs[j]!.shape))).dataSync();
          let s = 0; for (let q = 0; q < yy.length; q++) s += yy[q]! * w[q]!; return s; });
        const h = 1 / 128;
        r.fd = xs.map((x, k) => Array.from({ length: x.size }, (_, i) => (f(k, i, h) - f(k, i, -h)) / (2 * h)));
      }
      const gs = tf.tidy(() => tf.grads((...a) => op.run(tf, ...a))(xs, dy));
      r.g = []; for (const g of gs) r.g.push(Array.from(await g.data()));
    } catch (e) { r.e = String((e as Error).message ?? e).slice(0, 140); }
    r.ms = performance.now() - t0;
    out[op.name] = r;
  }
  return out;
} });
document.title = 'ready';
