import type { LayersModel, SymbolicTensor, Tensor, Variable } from '@tensorflow/tfjs';
import { lower } from '@/compiler/lower';
import { withoutBatch } from '@/core/shape';
import type { Surroundings } from '@/engine/backends/prepare';
import type { Tf } from '@/engine/kernels/tf';
import { type Contender, timed } from './contender';
import type { StockEngine } from './rows';
import { batchOf, type Task, weightsOf } from './task';

const backends: Readonly<Record<StockEngine, string>> = {
  'tfjs-cpu': 'cpu',
  'tfjs-webgl': 'webgl',
  'tfjs-wasm': 'wasm',
};

async function start(tf: Tf, engine: StockEngine, wasmFiles: Surroundings['wasmFiles']): Promise<string> {
  if (engine === 'tfjs-wasm') {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    if (wasmFiles) wasm.setWasmPaths(wasmFiles);
  }
  const name = backends[engine];
  if (!(await tf.setBackend(name))) throw new Error(`tfjs does not start ${name} here.`);
  return `tfjs ${tf.version_core} · ${name}`;
}

/** The exported topology as a LayersModel: all its layers are stock ones. */
async function modelOf(tf: Tf, task: Task): Promise<LayersModel> {
  const { topology, weights } = lower(task.plan);
  // A copy: tfjs does not promise to leave it alone.
  const modelTopology = { model_config: JSON.parse(JSON.stringify(topology)) as typeof topology & object };
  const model = await tf.models.modelFromJSON({ modelTopology } as Parameters<typeof tf.models.modelFromJSON>[0]);
  const values = weightsOf(task);
  const shapes = new Map(weights.map(({ name, key, shape }) => [name, { key, shape }]));
  for (const variable of model.weights) {
    const found = shapes.get(variable.originalName);
    if (!found) throw new Error(`The weight ${variable.originalName} is in no layer of the plan.`);
    tf.tidy(() => void variable.write(tf.tensor(values[found.key] ?? [], [...found.shape])));
  }
  return model;
}

/**
 * Plain tfjs, as its users train: a LayersModel, an optimizer's `minimize`, the loss taken from the logits. The batch
 * stays on the device, and nothing is read back but at a block's end.
 */
export async function openStock(
  tf: Tf,
  task: Task,
  engine: StockEngine,
  wasmFiles: Surroundings['wasmFiles'],
): Promise<Contender> {
  const detail = await start(tf, engine, wasmFiles);
  const model = await modelOf(tf, task);
  const softmax = model.layers.at(-1);
  const logits = tf.model({ inputs: model.inputs, outputs: softmax?.input as SymbolicTensor });
  const trained = logits.trainableWeights.map((weight) => weight.read() as Variable);
  const given = batchOf(task);
  const sizes = withoutBatch(task.plan.layers[task.plan.inputs[0] ?? 0]?.outputs[0] ?? []);
  const x = tf.tensor(given.inputs[0] ?? [], [task.batch, ...sizes]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(given.targets[0] ?? [], 'int32'), 10));
  const optimizer = tf.train.momentum(task.learningRate, task.momentum);
  const loss = () => tf.losses.softmaxCrossEntropy(y, logits.apply(x, { training: true }) as Tensor).asScalar();
  /** The last repetition's result, on the device. */
  let last: Tensor | null = null;
  const keep = (result: Tensor | null) => {
    last?.dispose();
    last = result;
  };
  return {
    detail,
    params: trained.reduce((sum, { size }) => sum + size, 0),
    run: (what, count) =>
      what === 'step'
        ? timed(
            count,
            () => keep(optimizer.minimize(loss, true, trained)),
            async () => (await last?.data())?.[0] ?? NaN,
          )
        : timed(
            count,
            () => keep(model.predict(x, { batchSize: task.batch }) as Tensor),
            async () => (await last?.data(), null),
          ),
  };
}
