import type { Tensor } from '@tensorflow/tfjs';
import { choice, type ChoiceParam, type Option } from '@/core/params';
import type { StockLayer, Tf } from '../define';
import type { PythonSource } from '../emit';
import { ownClass } from '../ownClass';

interface Activation extends Option {
  /** The right-hand side of f(x) = …. */
  readonly definition: string;
  /** PyTorch's expression of another; `dim` is the axis of the channels. */
  readonly torch: (x: string, dim: number) => string;
  /** Keras 3's name, or source where it has none. */
  readonly keras: string | PythonSource;
  /** The computation, where no activation of tfjs's layers says the same. */
  readonly own?: (tf: Tf, x: Tensor) => Tensor;
}

/** Activations under the names of tfjs's layers format, and further ones. Unnamed in Keras: `ops` is `keras.ops`. */
const options = [
  { value: 'linear', label: 'None (linear)', definition: 'x', torch: (x) => x, keras: 'linear' },
  { value: 'relu', label: 'ReLU', definition: 'max(0, x)', torch: (x) => `F.relu(${x})`, keras: 'relu' },
  { value: 'relu6', label: 'ReLU6', definition: 'min(max(0, x), 6)', torch: (x) => `F.relu6(${x})`, keras: 'relu6' },
  { value: 'elu', label: 'ELU', definition: 'x for x > 0, eˣ − 1 otherwise', torch: (x) => `F.elu(${x})`, keras: 'elu' },
  {
    value: 'selu',
    label: 'SELU',
    definition: '1.0507·x for x > 0, 1.0507·1.6733·(eˣ − 1) otherwise',
    torch: (x) => `F.selu(${x})`,
    keras: 'selu',
  },
  {
    value: 'gelu',
    label: 'GELU',
    definition: 'x·Φ(x) = x·(1 + erf(x/√2))/2',
    torch: (x) => `F.gelu(${x})`,
    keras: 'gelu',
  },
  {
    value: 'geluTanh',
    label: 'GELU (tanh)',
    definition: 'x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2',
    torch: (x) => `F.gelu(${x}, approximate="tanh")`,
    keras: { source: 'lambda x: ops.gelu(x, approximate=True)' },
    own: (tf, x) => {
      const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), Math.sqrt(2 / Math.PI) * 0.044715), Math.sqrt(2 / Math.PI)));
      // (1 + tanh u)/2 = σ(2u).
      return tf.mul(x, tf.sigmoid(tf.mul(inner, 2)));
    },
  },
  {
    value: 'swish',
    label: 'Swish',
    definition: 'x·σ(x) = x/(1 + e⁻ˣ)',
    torch: (x) => `F.silu(${x})`,
    keras: 'silu',
  },
  {
    value: 'hardSwish',
    label: 'Hard swish',
    definition: 'x·min(max(0, x + 3), 6)/6',
    torch: (x) => `F.hardswish(${x})`,
    keras: 'hard_silu',
    own: (tf, x) => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1)),
  },
  {
    value: 'mish',
    label: 'Mish',
    definition: 'x·tanh(ln(1 + eˣ))',
    torch: (x) => `F.mish(${x})`,
    keras: 'mish',
  },
  {
    value: 'softplus',
    label: 'Softplus',
    definition: 'ln(1 + eˣ)',
    torch: (x) => `F.softplus(${x})`,
    keras: 'softplus',
  },
  {
    value: 'softsign',
    label: 'Softsign',
    definition: 'x/(1 + |x|)',
    torch: (x) => `F.softsign(${x})`,
    keras: 'softsign',
  },
  {
    value: 'sigmoid',
    label: 'Sigmoid',
    definition: '1/(1 + e⁻ˣ)',
    torch: (x) => `torch.sigmoid(${x})`,
    keras: 'sigmoid',
  },
  {
    value: 'hardSigmoid',
    label: 'Hard sigmoid',
    definition: 'min(max(0, 0.2·x + 0.5), 1)',
    // PyTorch's and Keras 3's own ones are x/6 + 1/2.
    torch: (x) => `torch.clamp(0.2 * ${x} + 0.5, 0, 1)`,
    keras: { source: 'lambda x: ops.clip(0.2 * x + 0.5, 0, 1)' },
  },
  {
    value: 'tanh',
    label: 'Tanh',
    definition: '(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)',
    torch: (x) => `torch.tanh(${x})`,
    keras: 'tanh',
  },
  {
    value: 'softmax',
    label: 'Softmax',
    definition: 'eˣⁱ/Σⱼ eˣʲ',
    torch: (x, dim) => `F.softmax(${x}, dim=${dim})`,
    keras: 'softmax',
  },
  {
    value: 'logSoftmax',
    label: 'Log-softmax',
    definition: 'xᵢ − ln Σⱼ eˣʲ',
    torch: (x, dim) => `F.log_softmax(${x}, dim=${dim})`,
    keras: 'log_softmax',
  },
] as const satisfies readonly Activation[];

export type ActivationName = (typeof options)[number]['value'];

export const activationParam = (fallback: ActivationName): ChoiceParam<ActivationName> =>
  choice({ label: 'Activation', default: fallback, options: options.map(({ value, label }) => ({ value, label })) });

const optionOf = (name: ActivationName): Activation => options.find((option) => option.value === name) ?? options[0];

export const activationLabel = (name: ActivationName): string => optionOf(name).label;

/** The right-hand side of f(x) = …. */
export const activationDefinition = (name: ActivationName): string => optionOf(name).definition;

/** The computation of an activation that tfjs's layers lack; `null` of the others. */
export const ownActivation = (name: ActivationName): ((tf: Tf, x: Tensor) => Tensor) | null =>
  optionOf(name).own ?? null;

/** Activations that weigh the last axis's numbers against each other instead of mapping each on its own. */
export const isOverLastAxis = (name: ActivationName): boolean => name === 'softmax' || name === 'logSoftmax';

/**
 * An activation of an expression in PyTorch: `F.relu(m(x))`. Softmax is over the channels, axis 1 where the layer's
 * layout is channels-first.
 */
export const torchActivation = (name: ActivationName, expression: string, layout: 'first' | 'last'): string =>
  optionOf(name).torch(expression, layout === 'first' ? 1 : -1);

/** What Keras 3 takes for `activation=`, to be handed to `pythonCall`; nothing for none. */
export const kerasActivation = (name: ActivationName): string | PythonSource | undefined =>
  name === 'linear' ? undefined : optionOf(name).keras;

/** `Conv 2D · ReLU`. */
export const withActivationLabel = (title: string, name: ActivationName): string =>
  name === 'linear' ? title : `${title} · ${activationLabel(name)}`;

const aliases: Readonly<Record<string, ActivationName>> = {
  hard_sigmoid: 'hardSigmoid',
  log_softmax: 'logSoftmax',
  silu: 'swish',
  hard_silu: 'hardSwish',
  hard_swish: 'hardSwish',
  hardSilu: 'hardSwish',
  gelu_new: 'geluTanh',
  geluNew: 'geluTanh',
};

/** A stock config's `activation`, under any spelling that Keras or tfjs writes; `null` when it is none of ours. */
export function readActivation(value: unknown): ActivationName | null {
  if (value === undefined || value === null) return 'linear';
  if (typeof value !== 'string') return null;
  const name = aliases[value] ?? value;
  return options.find((option) => option.value === name)?.value ?? null;
}

/** An activation as a layer of its own, after the one that it belongs to. */
export const activationLayer = (activation: ActivationName): StockLayer =>
  ownActivation(activation)
    ? { className: ownClass('activation'), config: { params: { activation } }, suffix: activation }
    : { className: 'Activation', config: { activation }, suffix: activation };

/**
 * A layer with its activation. Softmax and sigmoid become a layer of their own, so that the logits before them
 * exist as a tensor and cross-entropy can be computed from them without rounding to 0 or 1; so does what tfjs lacks.
 */
export function activated(layer: StockLayer, activation: ActivationName): readonly [StockLayer, ...StockLayer[]] {
  if (activation !== 'softmax' && activation !== 'sigmoid' && !ownActivation(activation)) {
    return [{ ...layer, config: { ...layer.config, activation } }];
  }
  return [{ ...layer, config: { ...layer.config, activation: 'linear' } }, activationLayer(activation)];
}
