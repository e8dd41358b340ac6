import { type RunKernel, compose } from './compose';
import { input } from './convolution';
import { mendKernel } from './mend';
import type { KernelFunc, TensorInfo, Tf } from './tf';
import { type WasmBackend, heapFloats } from './wasmBackend';

interface Attrs {
  transposeA?: boolean;
  transposeB?: boolean;
}

/** Multiply-adds per matrix below which the plain loop costs less than transposing and packing. */
const WORTH_PACKING = 8192;

const UNTRANSPOSED = { transposeA: false, transposeB: false };

/**
 * Matrix products on wasm. The stock kernel is fast only for untransposed single matrices, so others are transposed
 * first and taken one by one. It also keeps its right factor packed under the buffer's name whatever the shape, so that
 * the same numbers reshaped give a wrong product or a write past the result: such a factor is copied first.
 * a: […, m, k]  b: [..., k, n]  (or their transposes)  →  [..., m, n]
 */
export function mendMatMul(tf: Tf): void {
  const packed = new WeakMap<object, string>();
  const unlessPacked = (run: RunKernel, b: TensorInfo): TensorInfo => {
    const shape = matrixOf(b).join('×');
    const known = packed.get(b.dataId) ?? shape;
    const factor = known === shape ? b : run('Identity', { x: b }, {});
    packed.set(factor.dataId, shape);
    return factor;
  };

  mendKernel(tf, 'wasm', '_FusedMatMul', (stock) => (call) => {
    if (!stock) throw new Error('The wasm backend has no _FusedMatMul.');
    const b = input(call.inputs, 'b');
    return compose(tf, 'wasm', call.backend, (run) =>
      run(stock, { ...call.inputs, b: unlessPacked(run, b) }, call.attrs ?? {}),
    );
  });

  mendKernel(tf, 'wasm', 'BatchMatMul', (stock) => (call) => {
    if (!stock) throw new Error('The wasm backend has no BatchMatMul.');
    const backend = call.backend as WasmBackend;
    const { transposeA = false, transposeB = false } = call.attrs as object as Attrs;
    const [a, b] = [input(call.inputs, 'a'), input(call.inputs, 'b')];
    const [matricesA, matricesB] = [matricesIn(a), matricesIn(b)];
    const isPlain = matricesA === 1 && matricesB === 1 && !transposeA && !transposeB;
    const [rows, columns] = matrixOf(a);
    const work = rows * columns * matrixOf(b)[transposeB ? 0 : 1];
    if (!isPlain && (work < WORTH_PACKING || matricesA !== matricesB)) return stock(call);
    return compose(tf, 'wasm', backend, (run) => {
      const left = transposeA ? transpose(run, a) : a;
      const right = transposeB ? transpose(run, b) : b;
      if (matricesA > 1) return oneByOne(backend, stock, left, right);
      return run(stock, { a: left, b: unlessPacked(run, right) }, UNTRANSPOSED);
    });
  });
}

function oneByOne(backend: WasmBackend, multiply: KernelFunc, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [m, k] = matrixOf(a);
  const n = matrixOf(b)[1];
  const out = backend.makeOutput([...a.shape.slice(0, -2), m, n], 'float32');
  for (let i = 0; i < matricesIn(a); i += 1) {
    const factors = { a: copyMatrix(backend, a, i, [m, k]), b: copyMatrix(backend, b, i, [k, n]) };
    const [product] = [multiply({ inputs: factors, backend, attrs: UNTRANSPOSED })].flat();
    if (!product) throw new Error('The wasm kernel BatchMatMul gave no output.');
    heapFloats(backend, out).set(heapFloats(backend, product), i * m * n);
    for (const used of [factors.a, factors.b, product]) backend.disposeData(used.dataId);
  }
  return out;
}

function copyMatrix(backend: WasmBackend, from: TensorInfo, index: number, shape: [number, number]): TensorInfo {
  const copy = backend.makeOutput(shape, 'float32');
  const size = shape[0] * shape[1];
  heapFloats(backend, copy).set(heapFloats(backend, from).subarray(index * size, (index + 1) * size));
  return copy;
}

function transpose(run: RunKernel, x: TensorInfo): TensorInfo {
  const perm = x.shape.map((_, axis) => axis);
  return run('Transpose', { x }, { perm: [...perm.slice(0, -2), perm.length - 1, perm.length - 2] });
}

const matrixOf = (x: TensorInfo): [number, number] => [x.shape.at(-2) ?? 1, x.shape.at(-1) ?? 1];

const matricesIn = (x: TensorInfo): number => x.shape.slice(0, -2).reduce((product, size) => product * size, 1);
