import { kept, only } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';
import { size4 } from './convolution';

interface Attrs {
  blockSize: number;
  dataFormat: 'NHWC' | 'NCHW';
}

/**
 * The gradient of pixel shuffle, which stock tfjs lacks: blocks of pixels back into channels.
 * x: [batch, h, w, b²·c]  dy: [batch, h·b, w·b, c]
 * Shi et al. 2016, "Real-time single image and video super-resolution", §3.2.
 */
export function mendDepthToSpaceGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'DepthToSpace',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const { blockSize, dataFormat } = attrs as object as Attrs;
      const isFirst = dataFormat === 'NCHW';
      return {
        x: () => {
          const pixels = isFirst ? tf.transpose(only(dy), [0, 2, 3, 1]) : only(dy);
          const [batch, height, width, channels] = size4(pixels.shape);
          const [rows, columns] = [height / blockSize, width / blockSize];
          const blocks = tf.reshape(pixels, [batch * rows, blockSize, columns, blockSize * channels]);
          const depth = blockSize * blockSize * channels;
          const deep = tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [batch, rows, columns, depth]);
          return isFirst ? tf.transpose(deep, [0, 3, 1, 2]) : tf.reshape(deep, kept(saved, 0).shape);
        },
      };
    },
  });
}
