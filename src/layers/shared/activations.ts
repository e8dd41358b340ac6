import { choice, type ChoiceParam, type Option } from '@/core/params';
import type { StockLayer } from '../define';

/** All activations of tfjs, under the names of its layers format. */
const options = [
  { value: 'linear', label: 'None (linear)' },
  { value: 'relu', label: 'ReLU' },
  { value: 'relu6', label: 'ReLU6' },
  { value: 'elu', label: 'ELU' },
  { value: 'selu', label: 'SELU' },
  { value: 'gelu', label: 'GELU' },
  { value: 'gelu_new', label: 'GELU (tanh)' },
  { value: 'swish', label: 'Swish' },
  { value: 'mish', label: 'Mish' },
  { value: 'softplus', label: 'Softplus' },
  { value: 'softsign', label: 'Softsign' },
  { value: 'sigmoid', label: 'Sigmoid' },
  { value: 'hardSigmoid', label: 'Hard sigmoid' },
  { value: 'tanh', label: 'Tanh' },
  { value: 'softmax', label: 'Softmax' },
  { value: 'logSoftmax', label: 'Log-softmax' },
] as const satisfies readonly Option[];

export type ActivationName = (typeof options)[number]['value'];

export const activationParam = (fallback: ActivationName): ChoiceParam<ActivationName> =>
  choice({ label: 'Activation', default: fallback, options });

export const activationLabel = (name: ActivationName): string =>
  options.find((option) => option.value === name)?.label ?? name;

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

/**
 * A layer with its activation. Softmax and sigmoid become a layer of their own, so that the logits before them
 * exist as a tensor and cross-entropy can be computed from them without rounding to 0 or 1.
 */
export function activated(layer: StockLayer, activation: ActivationName): readonly StockLayer[] {
  if (activation !== 'softmax' && activation !== 'sigmoid') {
    return [{ ...layer, config: { ...layer.config, activation } }];
  }
  return [
    { ...layer, config: { ...layer.config, activation: 'linear' } },
    { className: 'Activation', config: { activation }, suffix: activation },
  ];
}
