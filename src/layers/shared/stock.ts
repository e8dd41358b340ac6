import type { AnyParams, InitializerValue, Padding, Pair } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import type { StockLayer } from '../define';
import { readActivation, type ActivationName } from './activations';

/** Numbers per side as the stock layer in front; nothing where all are 0. */
export function zeroPadding(pads: readonly [Pair, Pair]): readonly StockLayer[] {
  if (pads.flat().every((n) => n === 0)) return [];
  return [{ className: 'ZeroPadding2D', config: { padding: pads, dataFormat: 'channelsLast' }, suffix: 'pad' }];
}

/** Whole number or pair of them, as Keras configs write sizes. */
export function readPair(value: unknown, fallback: Pair): Pair | null {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number') return [value, value];
  if (Array.isArray(value) && value.length === 2 && value.every((n): n is number => typeof n === 'number')) {
    return [value[0]!, value[1]!];
  }
  return null;
}

/** Sides of a stock zero padding: one number for all, one per axis, or `[[top, bottom], [left, right]]`. */
export function readSides(value: unknown): readonly [Pair, Pair] | null {
  const axes: unknown = value === undefined || value === null ? 1 : value;
  if (typeof axes === 'number')
    return [
      [axes, axes],
      [axes, axes],
    ];
  if (!Array.isArray(axes) || axes.length !== 2) return null;
  const [height, width] = axes.map((axis: unknown) => (axis === null ? null : readPair(axis, [1, 1])));
  return height && width ? [height, width] : null;
}

/** The padding of a stock window: only the two names exist there. */
export function readPadding(value: unknown): Padding | null {
  return value === undefined || value === 'valid' ? 'valid' : value === 'same' ? 'same' : null;
}

/** Refuses what the layers format can say and the drawing can't. */
export function refuseUnless(config: AnyParams, allowed: Readonly<Record<string, readonly unknown[]>>): string | null {
  for (const [name, values] of Object.entries(allowed)) {
    const value = config[name];
    if (value !== undefined && value !== null && !values.includes(value)) {
      return `its ${name} is ${JSON.stringify(value)}, which can’t be drawn (only ${values.map((v) => JSON.stringify(v)).join(' or ')})`;
    }
  }
  return null;
}

/** Variance scaling as tfjs and Keras write it, by its three settings: `scale mode distribution`. */
const varianceScalings: Readonly<Record<string, string>> = {
  '1 fanAvg uniform': 'glorotUniform',
  '1 fanAvg normal': 'glorotNormal',
  '2 fanIn uniform': 'heUniform',
  '2 fanIn normal': 'heNormal',
  '1 fanIn uniform': 'leCunUniform',
  '1 fanIn normal': 'leCunNormal',
};

/** What stock initialisers with parameters call them, and what they are called here. */
const initializerParams: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  constant: { value: 'value' },
  randomUniform: { minval: 'min', maxval: 'max' },
  randomNormal: { mean: 'mean', stddev: 'deviation' },
  truncatedNormal: { mean: 'mean', stddev: 'deviation' },
  orthogonal: { gain: 'gain' },
  identity: { gain: 'gain' },
};

/** Keras' short names. */
const initializerAliases: Readonly<Record<string, string>> = {
  zero: 'zeros',
  one: 'ones',
  uniform: 'randomUniform',
  normal: 'randomNormal',
};

/** `he_normal`, `HeNormal` and `HeNormalInitializer` as `heNormal`; Keras writes LeCun's name as one word. */
const camelCase = (name: string) =>
  (name.charAt(0).toLowerCase() + name.slice(1))
    .replace(/_+(\w)/g, (_all, letter: string) => letter.toUpperCase())
    .replace(/Initializer$/, '')
    .replace(/^lecun/, 'leCun');
const initializerName = (name: string) => initializerAliases[camelCase(name)] ?? camelCase(name);

/**
 * A stock initialiser: `{className: 'HeNormal'}` and `'he_normal'` are `heNormal`, `{className: 'Constant',
 * config: {value: 0.1}}` is `{type: 'constant', params: {value: 0.1}}`. What has no name of its own takes the fallback;
 * it matters only where a network is trained from scratch.
 */
export function readInitializer(value: unknown, fallback: InitializerValue): InitializerValue {
  if (typeof value === 'string' && value !== '') return initializerName(value);
  if (typeof value !== 'object' || value === null) return fallback;
  const { className, config } = value as { className?: unknown; config?: AnyParams | null };
  if (className === 'VarianceScaling') {
    const { scale = 1, mode = 'fanIn', distribution = 'normal' } = config ?? {};
    const shape = distribution === 'uniform' ? 'uniform' : 'normal';
    return varianceScalings[`${String(scale)} ${camelCase(String(mode))} ${shape}`] ?? fallback;
  }
  if (typeof className !== 'string' || className === '') return fallback;
  const type = initializerName(className);
  const params = Object.entries(initializerParams[type] ?? {}).flatMap(([theirs, ours]) => {
    const setting = config?.[theirs];
    return setting === undefined || setting === null ? [] : [[ours, setting] as const];
  });
  return params.length > 0 ? { type, params: Object.fromEntries(params) } : type;
}

interface ReadConvolution {
  readonly filters: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
  readonly activation: ActivationName;
  readonly bias: boolean;
  readonly initializer: InitializerValue;
}

/** A stock `Conv2D`'s config as parameters. */
export function readConvolution(config: AnyParams): Result<ReadConvolution> {
  const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'], groups: [1] });
  if (refusal) return err(refusal);
  const kernel = readPair(config.kernelSize, [1, 1]);
  const stride = readPair(config.strides, [1, 1]);
  const dilation = readPair(config.dilationRate, [1, 1]);
  const padding = readPadding(config.padding);
  const activation = readActivation(config.activation);
  if (typeof config.filters !== 'number') return err('its number of filters is missing');
  if (!kernel || !stride || !dilation || !padding) return err('its kernel, strides, dilation or padding can’t be read');
  if (!activation) return err(`its activation ${JSON.stringify(config.activation)} is unknown`);
  const initializer = readInitializer(config.kernelInitializer, 'glorotUniform');
  const bias = config.useBias !== false;
  return ok({ filters: config.filters, kernel, stride, padding, dilation, activation, bias, initializer });
}
