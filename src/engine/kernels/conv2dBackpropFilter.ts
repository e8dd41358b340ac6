import { compose } from './compose';
import { type ConvAttrs, type Size4, filterGradient, geometry, input, size4 } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';

interface Attrs extends ConvAttrs {
  filterShape: Size4;
}

/**
 * Conv2DBackpropFilter, which stock wasm lacks (tensorflow/tfjs#8474), from the backend's own transpose and conv2d.
 * x: [batch, h, w, inChannels]  dy: [batch, h', w', outChannels]  →  [kh, kw, inChannels, outChannels]
 */
export function mendConv2dBackpropFilter(tf: Tf): void {
  mendKernel(tf, 'wasm', 'Conv2DBackpropFilter', () => (call) => {
    const x = input(call.inputs, 'x');
    const dy = input(call.inputs, 'dy');
    const attrs = call.attrs as object as Attrs;
    const g = geometry(tf, size4(x.shape), attrs.filterShape, attrs);
    return compose(tf, 'wasm', call.backend, (run) => filterGradient(run, x, dy, g));
  });
}
