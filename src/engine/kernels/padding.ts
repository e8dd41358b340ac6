import { type ConvAttrs, type Padding, input, size4, spellOut } from './convolution';
import { mendKernel } from './mend';
import { type PoolAttrs, poolingOf, spelledOut } from './pool';
import type { Tf } from './tf';

const KERNELS = [
  ['Conv2D', false],
  ['FusedConv2D', false],
  ['DepthwiseConv2dNative', true],
  ['FusedDepthwiseConv2D', true],
] as const;

/**
 * On stock wasm a convolution with `same` padding whose windows leave elements over (kernel smaller than stride, as
 * 2×2 with stride 3 on 9×9) gives zeros: the padding it reckons is negative. Here tfjs's own reckoning is spelt out.
 * So is padding by a number, whose output shape stock tfjs gets wrong for unequal axes (`spellOut`).
 */
export function mendPadding(tf: Tf): void {
  for (const [kernelName, depthwise] of KERNELS) {
    mendKernel(tf, 'wasm', kernelName, (stock) => (call) => {
      if (!stock) throw new Error(`The wasm backend has no ${kernelName}.`);
      const attrs = call.attrs as object as ConvAttrs;
      if (attrs.pad !== 'same') return stock({ ...call, attrs: { ...call.attrs, pad: spellOut(attrs.pad) } });
      const x = size4(input(call.inputs, 'x').shape);
      const info = tf.backend_util.computeConv2DInfo(
        x,
        size4(input(call.inputs, 'filter').shape),
        attrs.strides,
        attrs.dilations ?? 1,
        'same',
        attrs.dimRoundingMode,
        depthwise,
      );
      const used = [
        (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight,
        (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth,
      ];
      if (used[0]! >= info.inHeight && used[1]! >= info.inWidth) return stock(call);
      const { top, bottom, left, right } = info.padInfo;
      const pad: Padding = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return stock({ ...call, attrs: { ...call.attrs, pad } });
    });
  }
}

/**
 * Pooling rounded up or padded by a number, in numbers per side. Stock tfjs gives a wrong shape for unequal windows or
 * strides, and on wasm the last windows of a pooling that is rounded up read past its input.
 */
export function mendPoolPadding(tf: Tf): void {
  for (const backendName of ['cpu', 'wasm', 'webgl', 'webgpu']) {
    for (const kernelName of ['MaxPool', 'AvgPool']) {
      mendKernel(tf, backendName, kernelName, (stock) => (call) => {
        if (!stock) throw new Error(`The ${backendName} backend has no ${kernelName}.`);
        const attrs = call.attrs as object as PoolAttrs;
        if (attrs.dimRoundingMode !== 'ceil' && typeof attrs.pad !== 'number') return stock(call);
        return stock({ ...call, attrs: { ...spelledOut(poolingOf(tf, input(call.inputs, 'x').shape, attrs)) } });
      });
    }
  }
}
