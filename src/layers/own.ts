import type * as tfjs from '@tensorflow/tfjs';
import type { AnyParams } from '@/core/params';
import { randomStream } from '@/core/random';
import { ok, type Result } from '@/core/result';
import type { ForwardContext, LayerDefinition, LowerContext, StockLayer, Tf } from './define';
import { ownClass } from './ownClass';
import { activationLayer, type ActivationName } from './shared/activations';
import { hostDraws } from './shared/draws';

export { isOwnClass, ownClass } from './ownClass';

type Tensor = tfjs.Tensor;

/**
 * A layer as its own class, which `forward` drives, then its activation: the forward pass leaves `params.activation`
 * to the layer after it.
 * @param weights names of its weights, in order.
 */
export function ownStock(type: string, params: AnyParams, weights: readonly string[] = []): readonly StockLayer[] {
  const { activation = 'linear', ...rest } = params;
  const own: StockLayer = { className: ownClass(type), config: { params: rest }, weights };
  return activation === 'linear' ? [own] : [own, activationLayer(activation as ActivationName)];
}

/** What a layer comes to in the layers format, first to last. */
export function stockLayersOf(
  definition: LayerDefinition,
  params: AnyParams,
  context: LowerContext,
): readonly StockLayer[] {
  if (definition.lower) return definition.lower(params, context);
  return ownStock(definition.type, params, Object.keys(definition.weights(context.inputs, params)));
}

const isList = (outputs: Tensor | readonly Tensor[]): outputs is readonly Tensor[] => Array.isArray(outputs);

/** What tfjs lets a subclass use, and its types call protected. */
interface Buildable {
  name: string;
  built: boolean;
  addWeight(
    name: string,
    shape: number[],
    dtype: 'float32',
    initializer: unknown,
    regularizer: undefined,
    trainable: boolean,
  ): tfjs.LayerVariable;
}

/** As tfjs names weights in files: `movingMean` is `moving_mean`. */
const snake = (name: string) => name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();

/**
 * The class that stands for a layer in a LayersModel: its shape rule, weights and computation are the definition's.
 * One class for each type and tfjs; `tf.serialization.registerClass` makes files with it loadable.
 */
export function ownLayerClass(tf: Tf, definition: LayerDefinition) {
  class OwnLayer extends tf.layers.Layer {
    static className = ownClass(definition.type);
    private readonly params: AnyParams;
    private readonly variables = new Map<string, tfjs.LayerVariable>();

    constructor(config: { readonly params?: AnyParams }) {
      super(config as object);
      this.params = config.params ?? {};
    }

    override build(inputShape: tfjs.Shape | tfjs.Shape[]) {
      const self = this as unknown as Buildable;
      const specs = definition.weights(this.shapesOf(inputShape), this.params);
      for (const [name, { shape, trainable }] of Object.entries(specs)) {
        // Initial values come with the file or from the seed; a class cannot know the initialisers' registry.
        const zeros = tf.initializers.zeros();
        this.variables.set(name, self.addWeight(snake(name), [...shape], 'float32', zeros, undefined, trainable));
      }
      self.built = true;
    }

    override computeOutputShape(inputShape: tfjs.Shape | tfjs.Shape[]): tfjs.Shape | tfjs.Shape[] {
      const { shapes, problems } = definition.shape(this.shapesOf(inputShape), this.params);
      if (!shapes) throw new Error(problems[0]?.message ?? `${this.name} does not take this shape.`);
      const copies = shapes.map((shape) => [...shape]);
      return copies.length === 1 ? (copies[0] ?? []) : copies;
    }

    override call(inputs: Tensor | Tensor[], kwargs: { readonly training?: boolean }): Tensor | Tensor[] {
      return tf.tidy(() => {
        const values = Object.fromEntries([...this.variables].map(([name, variable]) => [name, variable.read()]));
        // Plain tfjs counts no steps: each call draws anew.
        const seed = Math.floor(Math.random() * 2 ** 32);
        const context: ForwardContext = {
          training: kwargs.training ?? false,
          draws: hostDraws(tf, () => randomStream(seed, this.name)),
          update: (name, value) => this.variables.get(name)?.write(value),
        };
        const given = (Array.isArray(inputs) ? inputs : [inputs]) as [Tensor, ...Tensor[]];
        const outputs: Tensor | readonly Tensor[] = definition.forward?.(tf, given, values, this.params, context) ?? [];
        return isList(outputs) ? [...outputs] : outputs;
      });
    }

    override getConfig() {
      return { ...super.getConfig(), params: this.params } as tfjs.serialization.ConfigDict;
    }

    private shapesOf(inputShape: tfjs.Shape | tfjs.Shape[]): tfjs.Shape[] {
      return Array.isArray(inputShape[0]) ? (inputShape as tfjs.Shape[]) : [inputShape as tfjs.Shape];
    }
  }
  return OwnLayer;
}

const registered = new WeakMap<object, Set<string>>();

/** Makes files with the given layers loadable in a tfjs; calling again is free. */
export function registerOwnLayers(tf: Tf, definitions: Iterable<LayerDefinition>): void {
  const done = registered.get(tf.serialization) ?? new Set<string>();
  registered.set(tf.serialization, done);
  for (const definition of definitions) {
    if (!definition.forward || done.has(definition.type)) continue;
    tf.serialization.registerClass(ownLayerClass(tf, definition));
    done.add(definition.type);
  }
}

/** How a stock class is read: by which layer, and its config as that layer's parameters. */
export interface StockReader {
  readonly definition: LayerDefinition;
  read(config: AnyParams): Result<AnyParams>;
}

/** `hard_swish` is `hardSwish`: files have enumeration values in Python's spelling, and tfjs alone turns them back. */
function camelCase(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/_([a-z\d])/g, (_all, letter: string) => letter.toUpperCase());
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, camelCase(inner)]));
}

/** What a stock layer is read as: its class, of a wrapper with that of the layer within, `Bidirectional(LSTM)`. */
export function stockClass(className: string, { layer }: AnyParams): string {
  const inner: unknown = typeof layer === 'object' && layer !== null ? (layer as AnyParams).className : undefined;
  return typeof inner === 'string' ? `${className}(${inner})` : className;
}

/** Which layer reads which class (`stockClass`), of tfjs's and our own; asked of the definitions, so that a new layer is read at once. */
export const stockReaders = (definitions: Iterable<LayerDefinition>): ReadonlyMap<string, StockReader> =>
  new Map(
    [...definitions].flatMap((definition) => {
      const readers = Object.entries(definition.reads).map(
        ([className, read]): readonly [string, StockReader] => [className, { definition, read }],
      );
      // The own class holds the parameters as they are.
      const own: StockReader = { definition, read: ({ params }) => ok(camelCase(params ?? {}) as AnyParams) };
      return definition.forward ? [...readers, [ownClass(definition.type), own] as const] : readers;
    }),
  );
