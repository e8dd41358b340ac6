import { type ConvAttrs, type Geometry, type Size4, geometry, input, size4 } from './convolution';
import { mendKernel } from './mend';
import type { TensorInfo, Tf } from './tf';
import { type WasmBackend, heapFloats } from './wasmBackend';

interface FilterAttrs extends ConvAttrs {
  filterShape: Size4;
}

interface InputAttrs extends ConvAttrs {
  inputShape: Size4;
}

/** The part of the cpu backend that kernels on its typed arrays use. */
interface CpuBackend {
  readonly data: { get(dataId: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

/**
 * The gradients of the depthwise convolution, which stock wasm lacks, straight on its heap; and the filter's on cpu for
 * dilations, which the stock kernel does not know.
 * x: [batch, h, w, c]  filter: [kh, kw, c, multiplier]  dy: [batch, h', w', c·multiplier]
 */
export function mendDepthwiseGradients(tf: Tf): void {
  mendKernel(tf, 'cpu', 'DepthwiseConv2dNativeBackpropFilter', (stock) => (call) => {
    const attrs = call.attrs as object as FilterAttrs;
    if (stock && [attrs.dilations ?? 1].flat().every((rate) => rate === 1)) return stock(call);
    const backend = call.backend as CpuBackend;
    const [x, dy] = [input(call.inputs, 'x'), input(call.inputs, 'dy')];
    const g = geometry(tf, size4(x.shape), attrs.filterShape, attrs, true);
    const filter = new Float32Array(tf.util.sizeFromShape(attrs.filterShape));
    addFilterGradient(g, backend.data.get(x.dataId).values, backend.data.get(dy.dataId).values, filter);
    return backend.makeTensorInfo(attrs.filterShape, 'float32', filter);
  });

  mendKernel(tf, 'wasm', 'DepthwiseConv2dNativeBackpropFilter', () => (call) => {
    const backend = call.backend as WasmBackend;
    const x = input(call.inputs, 'x');
    const dy = input(call.inputs, 'dy');
    const attrs = call.attrs as object as FilterAttrs;
    const g = geometry(tf, size4(x.shape), attrs.filterShape, attrs, true);
    const out = backend.makeOutput(attrs.filterShape, 'float32');
    const [images, gradients, filter] = [x, dy, out].map((tensor) => heapFloats(backend, tensor));
    filter!.fill(0);
    addFilterGradient(g, images!, gradients!, filter!);
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

function addFilterGradient(g: Geometry, x: Float32Array, dy: Float32Array, filter: Float32Array): void {
  const multiplier = g.outChannels / g.inChannels;
  eachTap(g, (tap, pixel, window) => {
    for (let c = 0, o = 0; c < g.inChannels; c += 1) {
      const value = x[pixel + c]!;
      for (let m = 0; m < multiplier; m += 1, o += 1) filter[tap + o]! += value * dy[window + o]!;
    }
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
