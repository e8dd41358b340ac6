import type { Tensor4D } from '@tensorflow/tfjs';
import { type ConvAttrs, type Pair, geometry, inputGradient, size4, spellOut } from './convolution';
import { onEngine } from './gradients';
import { mendGradient } from './mend';
import type { Tf } from './tf';

const isOne = (value: number | Pair | undefined): boolean =>
  value === undefined || [value].flat().every((v) => v === 1);

/**
 * Gradient of Conv2D for dilations above 1, where stock tfjs throws (tensorflow/tfjs#7906); strides above 1 may come on
 * top of it. The input's is composed from kernels that every backend has. Other convolutions keep the stock gradient.
 */
export function mendConv2dGradient(tf: Tf): void {
  mendGradient(tf, 'Conv2D', (stock) => ({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const convolution = attrs as object as ConvAttrs;
      const [x, filter] = saved;
      const isPlain = isOne(convolution.dilations) || convolution.dataFormat === 'NCHW';
      if (isPlain || !x || !filter || Array.isArray(dy)) return stock.gradFunc(dy, saved, attrs);
      const g = geometry(tf, size4(x.shape), size4(filter.shape), convolution);
      return {
        x: () => inputGradient(onEngine(tf), dy, filter, g),
        filter: () => onEngine(tf)('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
      };
    },
  }));
}

/**
 * Convolution with any stride, dilation and padding, alone or together: `tf.conv2d` refuses strides with dilations, and
 * gives a wrong shape for a number as padding when kernel or stride differ between the axes.
 * x: [batch, h, w, inChannels]  filter: [kh, kw, inChannels, outChannels]  →  [batch, h', w', outChannels]
 */
export function conv2d(tf: Tf, x: Tensor4D, filter: Tensor4D, attrs: ConvAttrs): Tensor4D {
  return tf.engine().runKernel<Tensor4D>(
    'Conv2D',
    { x, filter },
    {
      strides: attrs.strides,
      dilations: attrs.dilations ?? 1,
      pad: spellOut(attrs.pad),
      dataFormat: 'NHWC',
      ...(attrs.dimRoundingMode && { dimRoundingMode: attrs.dimRoundingMode }),
    },
  );
}
