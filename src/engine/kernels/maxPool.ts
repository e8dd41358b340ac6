import { compose } from './compose';
import { type ExplicitPadding, NO_PADDING, type Pair, type Size4, crop, input, resize, size4 } from './convolution';
import { kept, onEngine, only } from './gradients';
import { mendKernel, setGradient } from './mend';
import { type PoolAttrs, type Pooling, poolingOf, spelledOut } from './pool';
import type { Tf } from './tf';
import { type WasmBackend, heapFloats, heapInts } from './wasmBackend';

/** The gradient of max pooling rounded up: stock tfjs forgets the rounding and throws over the shape. */
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

/** The gradient of max pooling that also says where its maxima stood; stock tfjs has none. */
export function mendArgmaxPoolGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'MaxPoolWithArgmax',
    inputsToSave: ['x'],
    outputsToSave: [true, false],
    gradFunc: (dy, saved, attrs) => {
      const [x, y] = [kept(saved, 0), kept(saved, 1)];
      const spelled = spelledOut(poolingOf(tf, x.shape, attrs as object as PoolAttrs));
      const pooled = kept([dy].flat(), 0);
      return { x: () => onEngine(tf)('MaxPoolGrad', { dy: pooled, input: x, output: y }, { ...spelled }) };
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
 * Max pooling's gradient and its positions on wasm, straight on the heap, a row of channels at a time: the stock
 * gradient asks for every cell of the input which windows it won, and the stock positions are wrong for negative
 * numbers.
 * dy: [batch, h', w', c]  input: [batch, h, w, c]  →  [batch, h, w, c]
 */
export function mendMaxPoolOnWasm(tf: Tf): void {
  mendKernel(tf, 'wasm', 'MaxPoolGrad', () => (call) => {
    const backend = call.backend as WasmBackend;
    const [x, dy] = [input(call.inputs, 'input'), input(call.inputs, 'dy')];
    const pooling = poolingOf(tf, x.shape, call.attrs as object as PoolAttrs);
    const dx = backend.makeOutput(x.shape, 'float32');
    const [gradients, scattered] = [heapFloats(backend, dy), heapFloats(backend, dx)];
    scattered.fill(0);
    eachWindow(heapFloats(backend, x), size4(x.shape), pooling, (at, winner) => {
      for (let channel = 0; channel < winner.length; channel += 1) {
        // A window of nothing but NaN or −∞ has no winner.
        if (winner[channel]! >= 0) scattered[winner[channel]!]! += gradients[at + channel]!;
      }
    });
    return dx;
  });

  mendKernel(tf, 'wasm', 'MaxPoolWithArgmax', () => (call) => {
    const backend = call.backend as WasmBackend;
    const x = input(call.inputs, 'x');
    const { includeBatchInIndex } = call.attrs as object as { includeBatchInIndex: boolean };
    const pooling = poolingOf(tf, x.shape, call.attrs as object as PoolAttrs);
    const [batch, height, width, channels] = size4(x.shape);
    const outShape = [batch, pooling.rows.out, pooling.columns.out, channels];
    const [pooled, positions] = [backend.makeOutput(outShape, 'float32'), backend.makeOutput(outShape, 'int32')];
    const [from, values, indices] = [heapFloats(backend, x), heapFloats(backend, pooled), heapInts(backend, positions)];
    const image = includeBatchInIndex ? from.length : height * width * channels;
    eachWindow(from, [batch, height, width, channels], pooling, (at, winner) => {
      for (let channel = 0; channel < channels; channel += 1) {
        const cell = winner[channel]!;
        values[at + channel] = cell < 0 ? NaN : from[cell]!;
        indices[at + channel] = cell % image;
      }
    });
    return [pooled, positions];
  });
}

/** Visits each window with the offset of its output and, by channel, of the first of its largest inputs; −1: none. */
function eachWindow(
  x: Float32Array,
  [batch, height, width, channels]: Size4,
  { rows, columns }: Pooling,
  visit: (at: number, winner: Int32Array) => void,
): void {
  const largest = new Float32Array(channels);
  const winner = new Int32Array(channels);
  let at = 0;
  for (let image = 0; image < batch; image += 1) {
    for (let row = 0; row < rows.out; row += 1) {
      const top = row * rows.stride - rows.before;
      const firstRow = Math.max(0, top);
      const lastRow = Math.min(height, top + rows.window);
      for (let column = 0; column < columns.out; column += 1) {
        const left = column * columns.stride - columns.before;
        const firstColumn = Math.max(0, left);
        const lastColumn = Math.min(width, left + columns.window);
        largest.fill(-Infinity);
        winner.fill(-1);
        for (let r = firstRow; r < lastRow; r += 1) {
          for (let c = firstColumn; c < lastColumn; c += 1) {
            const cell = ((image * height + r) * width + c) * channels;
            for (let channel = 0; channel < channels; channel += 1) {
              const value = x[cell + channel]!;
              if (value > largest[channel]!) {
                largest[channel] = value;
                winner[channel] = cell + channel;
              }
            }
          }
        }
        visit(at, winner);
        at += channels;
      }
    }
  }
}
