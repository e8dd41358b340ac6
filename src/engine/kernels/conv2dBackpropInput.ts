import { compose } from './compose';
import { type ConvAttrs, type Size4, geometry, input, inputGradient, size4, spellOut } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';

interface Attrs extends ConvAttrs {
  inputShape: Size4;
}

/** Zeros per gradient, put in by the stride, from which on the stock loop, which skips them, is faster (measured). */
const MOSTLY_ZEROS = 12;

/**
 * Conv2DBackpropInput from the wasm backend's own conv2d: the stock kernel is a loop over single numbers, and
 * knows no dilation.
 * dy: [batch, h', w', outChannels]  filter: [kh, kw, inChannels, outChannels]  →  [batch, h, w, inChannels]
 */
export function mendConv2dBackpropInput(tf: Tf): void {
  mendKernel(tf, 'wasm', 'Conv2DBackpropInput', (stock) => (call) => {
    const dy = input(call.inputs, 'dy');
    const filter = input(call.inputs, 'filter');
    const attrs = call.attrs as object as Attrs;
    const g = geometry(tf, attrs.inputShape, size4(filter.shape), attrs);
    const isUndilated = g.rows.dilation === 1 && g.columns.dilation === 1;
    if (stock && isUndilated && g.rows.stride * g.columns.stride >= MOSTLY_ZEROS) {
      return stock({ ...call, attrs: { ...call.attrs, pad: spellOut(attrs.pad) } });
    }
    return compose(tf, 'wasm', call.backend, (run) => inputGradient(run, dy, filter, g));
  });
}
