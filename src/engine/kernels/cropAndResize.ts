import type { Tensor } from '@tensorflow/tfjs';
import { compose } from './compose';
import { input, size4 } from './convolution';
import { kept, only } from './gradients';
import { mendKernel, setGradient } from './mend';
import type { Tf } from './tf';

interface Attrs {
  method: 'bilinear' | 'nearest';
  cropSize: [number, number];
}

/**
 * The gradient of crops to their image, which stock tfjs lacks (none flows to the boxes): per box and axis the
 * transposed matrix of the sampling, then the sum over the boxes of an image.
 * image: [batch, h, w, c]  boxes: [n, 4] as y1, x1, y2, x2 in parts of the image  dy: [n, h', w', c]
 */
export function mendCropAndResizeGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'CropAndResize',
    inputsToSave: ['image', 'boxes', 'boxInd'],
    gradFunc: (dy, saved, attrs) => {
      const [image, boxes, boxInd] = [kept(saved, 0), kept(saved, 1), kept(saved, 2)];
      const { method, cropSize } = attrs as object as Attrs;
      const [batch, height, width, channels] = size4(image.shape);
      const sides = (from: number) => tf.slice(boxes, [0, from], [-1, 1]);
      return {
        image: () => {
          const count = boxes.shape[0] ?? 0;
          const rows = samples(tf, sides(0), sides(2), height, cropSize[0], method);
          const columns = samples(tf, sides(1), sides(3), width, cropSize[1], method);
          const byRow = tf.matMul(rows, tf.reshape(only(dy), [count, cropSize[0], cropSize[1] * channels]));
          const turned = tf.transpose(tf.reshape(byRow, [count, height, cropSize[1], channels]), [0, 2, 1, 3]);
          const byColumn = tf.matMul(columns, tf.reshape(turned, [count, cropSize[1], height * channels]));
          const whole = tf.transpose(tf.reshape(byColumn, [count, width, height, channels]), [0, 2, 1, 3]);
          return tf.unsortedSegmentSum(whole, tf.cast(tf.reshape(boxInd, [count]), 'int32'), batch);
        },
      };
    },
  });
}

/**
 * With several images, stock webgl crops from the image numbered as the box, and webgpu leaves out boxes whose image
 * has a larger number than there are boxes. Each box gets its own copy of its image here.
 */
export function mendCropAndResize(tf: Tf): void {
  for (const backendName of ['webgl', 'webgpu']) {
    mendKernel(tf, backendName, 'CropAndResize', (stock) => (call) => {
      if (!stock) throw new Error(`The ${backendName} backend has no CropAndResize.`);
      const image = input(call.inputs, 'image');
      if (image.shape[0] === 1) return stock(call);
      const boxes = input(call.inputs, 'boxes');
      return compose(tf, backendName, call.backend, (run) => {
        const indices = input(call.inputs, 'boxInd');
        const own = run('GatherV2', { x: image, indices }, { axis: 0, batchDims: 0 });
        const boxInd = run('Range', {}, { start: 0, stop: boxes.shape[0] ?? 0, step: 1, dtype: 'int32' });
        return run(stock, { image: own, boxes, boxInd }, call.attrs ?? {});
      });
    });
  }
}

/** Share of each position of an axis in each sample of it. from, to: [n, 1] → [n, size, count] */
function samples(tf: Tf, from: Tensor, to: Tensor, size: number, count: number, method: Attrs['method']): Tensor {
  const last = size - 1;
  const fractions = count > 1 ? tf.div(tf.range(0, count), count - 1) : tf.tensor1d([0.5]);
  const at = tf.mul(tf.add(from, tf.mul(tf.sub(to, from), fractions)), last);
  const inside = tf.cast(tf.logicalAnd(tf.greaterEqual(at, 0), tf.lessEqual(at, last)), 'float32');
  const seen = tf.expandDims(method === 'nearest' ? tf.floor(tf.add(at, 0.5)) : at, 1);
  const distance = tf.abs(tf.sub(seen, tf.reshape(tf.range(0, size), [1, size, 1])));
  return tf.mul(tf.relu(tf.sub(1, distance)), tf.expandDims(inside, 1));
}
