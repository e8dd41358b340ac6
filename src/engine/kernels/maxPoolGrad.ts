import { type Padding, input, size4, spellOut } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';
import { type WasmBackend, heapFloats } from './wasmBackend';

interface Attrs {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * MaxPoolGrad for wasm, straight on its heap, a row of channels at a time: stock asks for every cell of the input
 * which windows it won. Of equal maxima the first takes the gradient, as on the cpu backend and in PyTorch.
 * dy: [batch, h', w', c]  input: [batch, h, w, c]  →  [batch, h, w, c]
 */
export function mendMaxPoolGrad(tf: Tf): void {
  mendKernel(tf, 'wasm', 'MaxPoolGrad', () => (call) => {
    const backend = call.backend as WasmBackend;
    const x = input(call.inputs, 'input');
    const dy = input(call.inputs, 'dy');
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as object as Attrs;
    const g = tf.backend_util.computePool2DInfo(size4(x.shape), filterSize, strides, 1, spellOut(pad), dimRoundingMode);
    const dx = backend.makeOutput(x.shape, 'float32');
    scatter(heapFloats(backend, x), heapFloats(backend, dy), heapFloats(backend, dx), g);
    return dx;
  });
}

type PoolGeometry = ReturnType<Tf['backend_util']['computePool2DInfo']>;

function scatter(x: Float32Array, dy: Float32Array, dx: Float32Array, g: PoolGeometry): void {
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth } = g;
  const largest = new Float32Array(channels);
  const winner = new Int32Array(channels);
  dx.fill(0);
  let at = 0;
  for (let image = 0; image < g.batchSize; image += 1) {
    for (let row = 0; row < outHeight; row += 1) {
      const top = row * g.strideHeight - g.padInfo.top;
      const firstRow = Math.max(0, top);
      const lastRow = Math.min(inHeight, top + g.filterHeight);
      for (let column = 0; column < outWidth; column += 1) {
        const left = column * g.strideWidth - g.padInfo.left;
        const firstColumn = Math.max(0, left);
        const lastColumn = Math.min(inWidth, left + g.filterWidth);
        largest.fill(-Infinity);
        winner.fill(-1);
        for (let r = firstRow; r < lastRow; r += 1) {
          for (let c = firstColumn; c < lastColumn; c += 1) {
            const cell = ((image * inHeight + r) * inWidth + c) * channels;
            for (let channel = 0; channel < channels; channel += 1) {
              const value = x[cell + channel]!;
              if (value > largest[channel]!) {
                largest[channel] = value;
                winner[channel] = cell + channel;
              }
            }
          }
        }
        for (let channel = 0; channel < channels; channel += 1) {
          // A window of nothing but NaN or −∞ has no winner.
          if (winner[channel]! >= 0) dx[winner[channel]!]! += dy[at + channel]!;
        }
        at += channels;
      }
    }
  }
}
