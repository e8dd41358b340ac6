import { choice, type ChoiceParam, type Option } from '@/core/params';
import type { StockLayer } from '../define';

/**
 * The activations of tfjs under the names of its layers format. Its `gelu_new` is left out: on loading any file, tfjs
 * turns that name into `geluNew`, which it then does not know.
 */
const options = [
  { value: 'linear', label: 'None (linear)', definition: 'x' },
  { value: 'relu', label: 'ReLU', definition: 'max(0, x)' },
  { value: 'relu6', label: 'ReLU6', definition: 'min(max(0, x), 6)' },
  { value: 'elu', label: 'ELU', definition: 'x for x > 0, eˣ − 1 otherwise' },
  { value: 'selu', label: 'SELU', definition: '1.0507·x for x > 0, 1.0507·1.6733·(eˣ − 1) otherwise' },
  { value: 'gelu', label: 'GELU', definition: 'x·Φ(x) = x·(1 + erf(x/√2))/2' },
  { value: 'swish', label: 'Swish', definition: 'x·σ(x) = x/(1 + e⁻ˣ)' },
  { value: 'mish', label: 'Mish', definition: 'x·tanh(ln(1 + eˣ))' },
  { value: 'softplus', label: 'Softplus', definition: 'ln(1 + eˣ)' },
  { value: 'softsign', label: 'Softsign', definition: 'x/(1 + |x|)' },
  { value: 'sigmoid', label: 'Sigmoid', definition: '1/(1 + e⁻ˣ)' },
  { value: 'hardSigmoid', label: 'Hard sigmoid', definition: 'min(max(0, 0.2·x + 0.5), 1)' },
  { value: 'tanh', label: 'Tanh', definition: '(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)' },
  { value: 'softmax', label: 'Softmax', definition: 'eˣⁱ/Σⱼ eˣʲ' },
  { value: 'logSoftmax', label: 'Log-softmax', definition: 'xᵢ − ln Σⱼ eˣʲ' },
] as const satisfies readonly (Option & { readonly definition: string })[];

export type ActivationName = (typeof options)[number]['value'];

export const activationParam = (fallback: ActivationName): ChoiceParam<ActivationName> =>
  choice({ label: 'Activation', default: fallback, options });

const optionOf = (name: ActivationName) => options.find((option) => option.value === name) ?? options[0];

export const activationLabel = (name: ActivationName): string => optionOf(name).label;

/** The right-hand side of f(x) = …. */
export const activationDefinition = (name: ActivationName): string => optionOf(name).definition;

/** Activations that weigh the last axis's numbers against each other instead of mapping each on its own. */
export const isOverLastAxis = (name: ActivationName): boolean => name === 'softmax' || name === 'logSoftmax';

/** `Conv 2D · ReLU`. */
export const withActivationLabel = (title: string, name: ActivationName): string =>
  name === 'linear' ? title : `${title} · ${activationLabel(name)}`;

const aliases: Readonly<Record<string, ActivationName>> = {
  hard_sigmoid: 'hardSigmoid',
  log_softmax: 'logSoftmax',
  silu: 'swish',
};

/** A stock config's `activation`, under any spelling that Keras or tfjs writes; `null` when it is none of ours. */
export function readActivation(value: unknown): ActivationName | null {
  if (value === undefined || value === null) return 'linear';
  if (typeof value !== 'string') return null;
  const name = aliases[value] ?? value;
  return options.find((option) => option.value === name)?.value ?? null;
}

/** An activation as a layer of its own, after the one that it belongs to. */
export const activationLayer = (activation: ActivationName): StockLayer => ({
  className: 'Activation',
  config: { activation },
  suffix: activation,
});

/**
 * A layer with its activation. Softmax and sigmoid become a layer of their own, so that the logits before them
 * exist as a tensor and cross-entropy can be computed from them without rounding to 0 or 1.
 */
export function activated(layer: StockLayer, activation: ActivationName): readonly [StockLayer, ...StockLayer[]] {
  if (activation !== 'softmax' && activation !== 'sigmoid') {
    return [{ ...layer, config: { ...layer.config, activation } }];
  }
  return [{ ...layer, config: { ...layer.config, activation: 'linear' } }, activationLayer(activation)];
}
