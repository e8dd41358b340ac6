import { type ConvAttrs, type Geometry, type Size4, geometry, input, size4 } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';
import { type WasmBackend, heapFloats } from './wasmBackend';

interface FilterAttrs extends ConvAttrs {
  filterShape: Size4;
}

interface InputAttrs extends ConvAttrs {
  inputShape: Size4;
}

/**
 * The gradients of the depthwise convolution, which stock wasm lacks, straight on its heap.
 * x: [batch, h, w, c]  filter: [kh, kw, c, multiplier]  dy: [batch, h', w', c·multiplier]
 */
export function mendDepthwiseGradients(tf: Tf): void {
  mendKernel(tf, 'wasm', 'DepthwiseConv2dNativeBackpropFilter', () => (call) => {
    const backend = call.backend as WasmBackend;
    const x = input(call.inputs, 'x');
    const dy = input(call.inputs, 'dy');
    const attrs = call.attrs as object as FilterAttrs;
    const g = geometry(tf, size4(x.shape), attrs.filterShape, attrs, true);
    const out = backend.makeOutput(attrs.filterShape, 'float32');
    const [images, gradients, filter] = [x, dy, out].map((tensor) => heapFloats(backend, tensor));
    filter!.fill(0);
    const multiplier = g.outChannels / g.inChannels;
    eachTap(g, (tap, pixel, window) => {
      for (let c = 0, o = 0; c < g.inChannels; c += 1) {
        const value = images![pixel + c]!;
        for (let m = 0; m < multiplier; m += 1, o += 1) filter![tap + o]! += value * gradients![window + o]!;
      }
    });
    return out;
  });

  mendKernel(tf, 'wasm', 'DepthwiseConv2dNativeBackpropInput', () => (call) => {
    const backend = call.backend as WasmBackend;
    const dy = input(call.inputs, 'dy');
    const weights = input(call.inputs, 'filter');
    const attrs = call.attrs as object as InputAttrs;
    const g = geometry(tf, attrs.inputShape, size4(weights.shape), attrs, true);
    const out = backend.makeOutput(attrs.inputShape, 'float32');
    const [gradients, filter, images] = [dy, weights, out].map((tensor) => heapFloats(backend, tensor));
    images!.fill(0);
    const multiplier = g.outChannels / g.inChannels;
    eachTap(g, (tap, pixel, window) => {
      for (let c = 0, o = 0; c < g.inChannels; c += 1) {
        let sum = 0;
        for (let m = 0; m < multiplier; m += 1, o += 1) sum += filter![tap + o]! * gradients![window + o]!;
        images![pixel + c]! += sum;
      }
    });
    return out;
  });
}

/** Visits each pair of a window and a pixel of it inside the input: offsets of filter tap, input pixel, output pixel. */
function eachTap(g: Geometry, visit: (tap: number, pixel: number, window: number) => void): void {
  const { rows, columns } = g;
  for (let image = 0; image < g.batch; image += 1) {
    for (let y = 0; y < rows.out; y += 1) {
      for (let x = 0; x < columns.out; x += 1) {
        const window = ((image * rows.out + y) * columns.out + x) * g.outChannels;
        for (let i = 0; i < rows.kernel; i += 1) {
          const row = y * rows.stride - rows.before + i * rows.dilation;
          if (row < 0 || row >= rows.size) continue;
          for (let j = 0; j < columns.kernel; j += 1) {
            const column = x * columns.stride - columns.before + j * columns.dilation;
            if (column < 0 || column >= columns.size) continue;
            const pixel = ((image * rows.size + row) * columns.size + column) * g.inChannels;
            visit((i * columns.kernel + j) * g.outChannels, pixel, window);
          }
        }
      }
    }
  }
}
