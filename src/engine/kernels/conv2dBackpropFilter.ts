import { compose } from './compose';
import { type ConvAttrs, type Size4, filterGradient, geometry, input, size4 } from './convolution';
import { mendKernel } from './mend';
import type { KernelFunc, Tf } from './tf';

interface Attrs extends ConvAttrs {
  filterShape: Size4;
}

/**
 * Conv2DBackpropFilter from the backend's own transpose and conv2d: on wasm, which lacks it (tensorflow/tfjs#8474), and
 * on cpu for dilations, which the stock kernel does not know. webgl and webgpu have shaders for it.
 * x: [batch, h, w, inChannels]  dy: [batch, h', w', outChannels]  →  [kh, kw, inChannels, outChannels]
 */
export function mendConv2dBackpropFilter(tf: Tf): void {
  const composed =
    (backendName: string): KernelFunc =>
    (call) => {
      const x = input(call.inputs, 'x');
      const dy = input(call.inputs, 'dy');
      const attrs = call.attrs as object as Attrs;
      const g = geometry(tf, size4(x.shape), attrs.filterShape, attrs);
      return compose(tf, backendName, call.backend, (run) => filterGradient(run, x, dy, g));
    };
  mendKernel(tf, 'wasm', 'Conv2DBackpropFilter', () => composed('wasm'));
  mendKernel(tf, 'cpu', 'Conv2DBackpropFilter', (stock) => (call) => {
    const { dilations = 1 } = call.attrs as object as Attrs;
    return stock && [dilations].flat().every((rate) => rate === 1) ? stock(call) : composed('cpu')(call);
  });
}
