import { type ConvAttrs, type Size4, geometry, input, inputGradient, size4 } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';
import { type WasmBackend, compose } from './wasmBackend';

interface Attrs extends ConvAttrs {
  inputShape: Size4;
}

/**
 * Conv2DBackpropInput from the wasm backend's own conv2d: the stock kernel is a loop over single numbers, and
 * knows no dilation.
 * dy: [batch, h', w', outChannels]  filter: [kh, kw, inChannels, outChannels]  →  [batch, h, w, inChannels]
 */
export function mendConv2dBackpropInput(tf: Tf): void {
  mendKernel(tf, 'wasm', 'Conv2DBackpropInput', () => (call) => {
    const dy = input(call.inputs, 'dy');
    const filter = input(call.inputs, 'filter');
    const attrs = call.attrs as object as Attrs;
    const g = geometry(tf, attrs.inputShape, size4(filter.shape), attrs);
    return compose(tf, call.backend as WasmBackend, (run) => inputGradient(run, dy, filter, g));
  });
}
