import { compose } from './compose';
import { type ExplicitPadding, NO_PADDING, type Pair, crop, input, resize, size4 } from './convolution';
import { kept, onEngine, only } from './gradients';
import { mendKernel, setGradient } from './mend';
import { type PoolAttrs, poolingOf, spelledOut } from './pool';
import type { Tf } from './tf';
import { type WasmBackend, heapFloats } from './wasmBackend';

/** The gradient of max pooling whose output is rounded up: stock tfjs forgets the rounding and throws over the shape. */
export function mendMaxPoolGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'MaxPool',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const [x, y] = [kept(saved, 0), kept(saved, 1)];
      const spelled = spelledOut(poolingOf(tf, x.shape, attrs as object as PoolAttrs));
      return { x: () => onEngine(tf)('MaxPoolGrad', { dy: only(dy), input: x, output: y }, { ...spelled }) };
    },
  });
}

/**
 * Of equal maxima the first takes the gradient, as on the cpu backend and in PyTorch. The shaders of webgl and webgpu
 * give it to the last one: they get everything mirrored.
 */
export function mendMaxPoolTies(tf: Tf): void {
  for (const backendName of ['webgl', 'webgpu']) {
    mendKernel(tf, backendName, 'MaxPoolGrad', (stock) => (call) => {
      if (!stock) throw new Error(`The ${backendName} backend has no MaxPoolGrad.`);
      const [x, dy] = [input(call.inputs, 'input'), input(call.inputs, 'dy')];
      const { rows, columns } = poolingOf(tf, x.shape, call.attrs as object as PoolAttrs);
      const { filterSize, strides } = spelledOut({ rows, columns });
      const leftOver: [Pair, Pair] = [[0, Math.min(0, rows.after)], [0, Math.min(0, columns.after)]];
      const swapped = (before: number, after: number): Pair => [Math.max(0, after), before];
      const pad: ExplicitPadding = [
        NO_PADDING,
        swapped(rows.before, rows.after),
        swapped(columns.before, columns.after),
        NO_PADDING,
      ];
      return compose(tf, backendName, call.backend, (run) => {
        const mirror = (tensor: typeof x) => run('Reverse', { x: tensor }, { dims: [1, 2] });
        const seen = mirror(crop(run, x, leftOver));
        const [mirrored, output] = [mirror(dy), input(call.inputs, 'output')];
        const dx = run(stock, { dy: mirrored, input: seen, output }, { filterSize, strides, pad });
        return resize(run, mirror(dx), leftOver.map(([before, after]): Pair => [before, -after]));
      });
    });
  }
}

/**
 * MaxPoolGrad for wasm, straight on its heap, a row of channels at a time: stock asks for every cell of the input
 * which windows it won.
 * dy: [batch, h', w', c]  input: [batch, h, w, c]  →  [batch, h, w, c]
 */
export function mendMaxPoolGrad(tf: Tf): void {
  mendKernel(tf, 'wasm', 'MaxPoolGrad', () => (call) => {
    const backend = call.backend as WasmBackend;
    const x = input(call.inputs, 'input');
    const dy = input(call.inputs, 'dy');
    const { filterSize, strides, pad } = spelledOut(poolingOf(tf, x.shape, call.attrs as object as PoolAttrs));
    const g = tf.backend_util.computePool2DInfo(size4(x.shape), filterSize, strides, 1, pad);
    const dx = backend.makeOutput(x.shape, 'float32');
    scatter(heapFloats(backend, x), heapFloats(backend, dy), heapFloats(backend, dx), g);
    return dx;
  });
}

type PoolGeometry = ReturnType<Tf['backend_util']['computePool2DInfo']>;

function scatter(x: Float32Array, dy: Float32Array, dx: Float32Array, g: PoolGeometry): void {
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth } = g;
  const largest = new Float32Array(channels);
  const winner = new Int32Array(channels);
  dx.fill(0);
  let at = 0;
  for (let image = 0; image < g.batchSize; image += 1) {
    for (let row = 0; row < outHeight; row += 1) {
      const top = row * g.strideHeight - g.padInfo.top;
      const firstRow = Math.max(0, top);
      const lastRow = Math.min(inHeight, top + g.filterHeight);
      for (let column = 0; column < outWidth; column += 1) {
        const left = column * g.strideWidth - g.padInfo.left;
        const firstColumn = Math.max(0, left);
        const lastColumn = Math.min(inWidth, left + g.filterWidth);
        largest.fill(-Infinity);
        winner.fill(-1);
        for (let r = firstRow; r < lastRow; r += 1) {
          for (let c = firstColumn; c < lastColumn; c += 1) {
            const cell = ((image * inHeight + r) * inWidth + c) * channels;
            for (let channel = 0; channel < channels; channel += 1) {
              const value = x[cell + channel]!;
              if (value > largest[channel]!) {
                largest[channel] = value;
                winner[channel] = cell + channel;
              }
            }
          }
        }
        for (let channel = 0; channel < channels; channel += 1) {
          // A window of nothing but NaN or −∞ has no winner.
          if (winner[channel]! >= 0) dx[winner[channel]!]! += dy[at + channel]!;
        }
        at += channels;
      }
    }
  }
}
