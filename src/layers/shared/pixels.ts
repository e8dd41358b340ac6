import { int } from '@/core/params';
import type { Tf } from '../define';

type Tensor = ReturnType<Tf['tensor']>;

export const pixelFactor = int({ label: 'Factor', hint: 'In height and in width.', min: 1, max: 64, default: 2 });

/**
 * r² channels become r×r pixels. Channel c·r² + i·r + j is row i and column j of channel c's block, as PyTorch has it;
 * TensorFlow's depth to space has the channel last: (i·r + j)·channels + c.
 * x: [batch, height, width, channels·r²] → [batch, height·r, width·r, channels]
 */
export function shuffle(tf: Tf, x: Tensor, r: number): Tensor {
  const [batch = 1, height = 1, width = 1, depth = 1] = x.shape;
  const channels = depth / (r * r);
  const blocks = tf.transpose(tf.reshape(x, [-1, channels, r * r]), [0, 2, 1]);
  const rows = tf.transpose(tf.reshape(blocks, [batch * height, width, r, r * channels]), [0, 2, 1, 3]);
  return tf.reshape(rows, [batch, height * r, width * r, channels]);
}

/** The way back: x: [batch, height·r, width·r, channels] → [batch, height, width, channels·r²] */
export function unshuffle(tf: Tf, x: Tensor, r: number): Tensor {
  const [batch = 1, rows = 1, columns = 1, channels = 1] = x.shape;
  const [height, width] = [rows / r, columns / r];
  const blocks = tf.transpose(tf.reshape(x, [batch * height, r, width, r * channels]), [0, 2, 1, 3]);
  const deep = tf.transpose(tf.reshape(blocks, [-1, r * r, channels]), [0, 2, 1]);
  return tf.reshape(deep, [batch, height, width, channels * r * r]);
}
