import * as tf from '@tensorflow/tfjs';
import { defaults, type AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { LayerDefinition, LowerContext, StockLayer } from './define';

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
  return definition.lower(params, { inputs, outputs, initializer: stockInitializer });
}

/** Stock layers one after the other, the first on all inputs, as a file of the layers format. */
function topology(stock: readonly StockLayer[], inputs: readonly Shape[]) {
  const entry = (className: string, name: string, config: AnyParams, from: readonly string[]) => ({
    className,
    name,
    config: { ...config, name },
    inboundNodes: from.length > 0 ? [from.map((source) => [source, 0, 0, {}])] : [],
  });
  const ports = inputs.map((_shape, i) => `in${i}`);
  const layers = [
    ...inputs.map((shape, i) =>
      entry('InputLayer', `in${i}`, { batchInputShape: shape, dtype: 'float32', sparse: false }, []),
    ),
    ...stock.map(({ className, config }, i) =>
      entry(className, `stock${i}`, config, i === 0 ? ports : [`stock${i - 1}`]),
    ),
  ];
  const last = stock.length > 0 ? `stock${stock.length - 1}` : 'in0';
  return {
    className: 'Model',
    config: { name: 'case', layers, inputLayers: ports.map((name) => [name, 0, 0]), outputLayers: [[last, 0, 0]] },
  };
}

/** A plain tfjs model of the stock layers, loaded as a file is: through JSON. */
export async function stockModel(stock: readonly StockLayer[], inputs: readonly Shape[]): Promise<tf.LayersModel> {
  const modelTopology: object = JSON.parse(JSON.stringify(topology(stock, inputs)));
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology }));
}

export const stockLayerOf = (model: tf.LayersModel, index: number) => model.getLayer(`stock${index}`);

/** Standard normal examples of a shape, the same each time. */
export const examples = (shape: Shape, count: number, seed: number): tf.Tensor =>
  tf.randomNormal([count, ...shape.slice(1).map((size) => size ?? 1)], 0, 1, 'float32', seed);
