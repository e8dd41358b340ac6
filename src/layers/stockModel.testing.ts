import * as tf from '@tensorflow/tfjs';
import { defaults, type AnyParams } from '@/core/params';
import { randomStream } from '@/core/random';
import { type Shape, withoutBatch } from '@/core/shape';
import type { LayerDefinition, LowerContext, StockLayer } from './define';
import { registerOwnLayers, stockLayersOf } from './own';
import { layers } from './registry';

/** Initialisers as the layers format spells them: the class names are the camel-case names, capitalised. */
export const stockInitializer: LowerContext['initializer'] = (value) => {
  const { type, params } = typeof value === 'string' ? { type: value, params: {} } : value;
  return { className: type.charAt(0).toUpperCase() + type.slice(1), config: params };
};

export const withDefaults = (definition: LayerDefinition, params: AnyParams = {}): AnyParams => ({
  ...defaults(definition.params),
  ...params,
});

export function lowered(
  definition: LayerDefinition,
  params: AnyParams,
  inputs: readonly Shape[],
): readonly StockLayer[] {
  const outputs = definition.shape(inputs, params).shapes ?? [];
  return stockLayersOf(definition, params, { inputs, outputs, initializer: stockInitializer });
}

/** Stock layers one after the other, the first on all inputs, as a file of the layers format. */
function topology(stock: readonly StockLayer[], inputs: readonly Shape[], outputs: number) {
  const entry = (className: string, name: string, config: AnyParams, from: readonly string[]) => ({
    className,
    name,
    config: { ...config, name },
    inboundNodes: from.length > 0 ? [from.map((source) => [source, 0, 0, {}])] : [],
  });
  const ports = inputs.map((_shape, i) => `in${i}`);
  const listed = [
    ...inputs.map((shape, i) =>
      entry('InputLayer', `in${i}`, { batchInputShape: shape, dtype: 'float32', sparse: false }, []),
    ),
    ...stock.map(({ className, config }, i) =>
      entry(className, `stock${i}`, config, i === 0 ? ports : [`stock${i - 1}`]),
    ),
  ];
  const last = stock.length > 0 ? `stock${stock.length - 1}` : 'in0';
  const outputLayers = Array.from({ length: outputs }, (_, index) => [last, 0, index]);
  return {
    className: 'Model',
    config: { name: 'case', layers: listed, inputLayers: ports.map((name) => [name, 0, 0]), outputLayers },
  };
}

/** A tfjs model of the stock layers, loaded as a file is, through JSON; what tfjs lacks is registered as exports do. */
export async function stockModel(
  stock: readonly StockLayer[],
  inputs: readonly Shape[],
  outputs = 1,
): Promise<tf.LayersModel> {
  registerOwnLayers(tf, layers.values());
  const modelTopology: object = JSON.parse(JSON.stringify(topology(stock, inputs, outputs)));
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology }));
}

export const stockLayerOf = (model: tf.LayersModel, index: number) => model.getLayer(`stock${index}`);

/** Standard normal examples of a shape, the same each time. */
export const examples = (shape: Shape, count: number, seed: number): tf.Tensor =>
  tf.randomNormal([count, ...shape.slice(1).map((size) => size ?? 1)], 0, 1, 'float32', seed);

/** Examples for each input of a layer: its own where not any real number will do, else standard normal ones. */
export function valuesOf(
  definition: LayerDefinition,
  params: AnyParams,
  inputs: readonly Shape[],
  batch: number,
): tf.Tensor[] {
  const given = definition.examples?.(inputs, params, randomStream(1, 'examples'), batch);
  return inputs.map((shape, i) =>
    given ? tf.tensor(given[i] ?? [], [batch, ...withoutBatch(shape)]) : examples(shape, batch, i),
  );
}

/** Classes of our own begin at 0, as files bring their weights; small normal ones let gradients through. */
export function randomise(model: tf.LayersModel): void {
  model.weights.forEach((weight, i) => {
    const read = weight.read();
    if (read.abs().max().dataSync()[0] !== 0) return;
    const values = tf.randomNormal(read.shape, 0.1, 0.5, 'float32', i);
    // What is not trained are statistics, and a variance is positive.
    weight.write(weight.trainable ? values : tf.abs(values));
  });
}
