/**
 * One training step of LeNet-5, batch 64, on stock tfjs's cpu backend and on our wasm, side by side in one run.
 * `npx vite build --ssr bench/kernels.ts --outDir dist/bench && node dist/bench/kernels.js`
 */
import * as tf from '@tensorflow/tfjs';
import { nodeSurroundings } from '@/engine/backends/node';
import { prepareBackend } from '@/engine/backends/prepare';

const BATCH = 64;

/** LeCun, Bottou, Bengio & Haffner 1998, with ReLU and max-pooling: 61,706 parameters. Gives one training step. */
function lenet(): () => number | undefined {
  const he = (...shape: number[]) => {
    const inputs = shape.slice(0, -1).reduce((a, b) => a * b);
    return tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / inputs), 'float32', 1));
  };
  const zeros = (n: number) => tf.variable(tf.zeros([n]));
  const kernels = [he(5, 5, 1, 6), he(5, 5, 6, 16), he(400, 120), he(120, 84), he(84, 10)] as const;
  const biases = [zeros(6), zeros(16), zeros(120), zeros(84), zeros(10)] as const;
  const images = tf.randomUniform<tf.Rank.R4>([BATCH, 28, 28, 1], 0, 1, 'float32', 2);
  const labels = tf.oneHot(tf.range(0, BATCH, 1, 'int32').mod(tf.scalar(10, 'int32')), 10);
  const optimizer = tf.train.sgd(0.01);
  const convolve = (x: tf.Tensor4D, i: 0 | 1, pad: 'same' | 'valid') =>
    tf.maxPool(tf.relu(tf.conv2d(x, kernels[i] as tf.Tensor4D, 1, pad).add<tf.Tensor4D>(biases[i])), 2, 2, 'valid');
  const dense = (x: tf.Tensor2D, i: 2 | 3 | 4) => tf.matMul(x, kernels[i]).add<tf.Tensor2D>(biases[i]);
  const forward = () => {
    const features = convolve(convolve(images, 0, 'same'), 1, 'valid').reshape<tf.Tensor2D>([BATCH, 400]);
    const logits = dense(tf.relu(dense(tf.relu(dense(features, 2)), 3)), 4);
    return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
  };
  return () => {
    const loss = optimizer.minimize(forward, true);
    const value = loss?.dataSync()[0];
    loss?.dispose();
    return value;
  };
}

function medianMs(step: () => unknown, steps: number): number {
  const times = Array.from({ length: steps }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[steps >> 1] ?? NaN;
}

await tf.setBackend('cpu');
const onCpu = lenet();
const lossOnCpu = [onCpu(), onCpu()];
const cpu = medianMs(onCpu, 5);

const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
if (!prepared.ok) throw new Error(prepared.error.message);
const onWasm = lenet();
const lossOnWasm = [onWasm(), onWasm()];
for (let i = 0; i < 10; i += 1) onWasm();
const tensors = tf.memory().numTensors;
const wasm = medianMs(onWasm, 40);

const line = (name: string, value: number, unit: string) =>
  console.log(`  ${name.padEnd(28)}${value.toFixed(1).padStart(8)} ${unit}`);
console.log(`LeNet-5, one training step, batch ${BATCH}, median`);
line('stock cpu', cpu, 'ms');
line(prepared.value.detail, wasm, 'ms');
line('ratio', cpu / wasm, '×');
console.log(`  loss of the first two steps: ${lossOnCpu.join(', ')} | ${lossOnWasm.join(', ')}`);
line('tensors left by 40 steps', tf.memory().numTensors - tensors, '');

const totals = new Map<string, number>();
const PROFILED = 20;
for (let i = 0; i < PROFILED; i += 1) {
  const { kernels } = await tf.profile(() => void onWasm());
  for (const kernel of kernels) {
    const ms = await kernel.kernelTimeMs;
    if (typeof ms === 'number') totals.set(kernel.name, (totals.get(kernel.name) ?? 0) + ms / PROFILED);
  }
}
console.log('by kernel of ours, ms a step');
for (const [name, ms] of [...totals].sort((a, b) => b[1] - a[1]).slice(0, 12)) line(name, ms, '');
