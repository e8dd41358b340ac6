import type { AnyParams, InitializerValue, Padding, Pair } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import { onEachAxis, type Rank } from '@/core/shape';
import type { StockLayer } from '../define';
import { readActivation, type ActivationName } from './activations';
import { readPenalty } from './penalty';

/**
 * Numbers per side as the zero padding of Keras in front, by the number of axes; nothing where all are 0. Of the three
 * tfjs has `ZeroPadding2D` only.
 */
export function zeroPadding(pads: readonly Pair[]): readonly StockLayer[] {
  if (pads.flat().every((n) => n === 0)) return [];
  const padding = pads.length === 1 ? pads[0] : pads;
  return [{ className: `ZeroPadding${pads.length}D`, config: { padding, dataFormat: 'channelsLast' }, suffix: 'pad' }];
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** One whole number for all axes or a list with one for each, as Keras configs write sizes. */
export function readAxes(value: unknown, fallback: readonly number[]): readonly number[] | null {
  if (value === undefined || value === null) return fallback;
  if (isNumber(value)) return onEachAxis(fallback.length, value);
  return Array.isArray(value) && value.length === fallback.length && value.every(isNumber) ? value : null;
}

const readPair = (value: unknown): Pair | null => {
  if (isNumber(value)) return [value, value];
  const pair = Array.isArray(value) ? readAxes(value, [0, 0]) : null;
  return pair && [pair[0] ?? 0, pair[1] ?? 0];
};

/**
 * Sides of a stock zero padding: one number for all, one per axis, or a pair per axis; that of one axis also as
 * `[before, after]`.
 */
export function readSides(value: unknown, rank: Rank): readonly Pair[] | null {
  const sides: unknown = value ?? 1;
  if (isNumber(sides)) return onEachAxis<Pair>(rank, [sides, sides]);
  if (!Array.isArray(sides)) return null;
  const axes: readonly unknown[] = rank === 1 && sides.length === 2 ? [sides] : sides;
  const pairs = axes.map(readPair);
  return pairs.length === rank && pairs.every((pair) => pair !== null) ? pairs : null;
}

/** The padding of a stock window, which has names only; `causal` where the layer knows an order in time. */
export function readPadding(value: unknown, causal = false): Padding | null {
  if (value === undefined || value === null) return 'valid';
  return value === 'valid' || value === 'same' || (causal && value === 'causal') ? value : null;
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

/** What stock layers with a sliding kernel share, as parameters. */
interface ReadSliding {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation: readonly number[];
  readonly activation: ActivationName;
  readonly bias: boolean;
  readonly biasInitializer: InitializerValue;
}

export function readSliding(config: AnyParams, rank: Rank): Result<ReadSliding> {
  const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
  if (refusal) return err(refusal);
  const ones = onEachAxis(rank, 1);
  const kernel = readAxes(config.kernelSize, ones);
  const stride = readAxes(config.strides, ones);
  const dilation = readAxes(config.dilationRate, ones);
  const padding = readPadding(config.padding, rank === 1);
  const activation = readActivation(config.activation);
  if (!kernel || !stride || !dilation || !padding) return err('its kernel, strides, dilation or padding can’t be read');
  if (!activation) return err(`its activation ${JSON.stringify(config.activation)} is unknown`);
  const biasInitializer = readInitializer(config.biasInitializer, 'zeros');
  return ok({ kernel, stride, padding, dilation, activation, bias: config.useBias !== false, biasInitializer });
}

interface ReadConvolution extends ReadSliding {
  readonly filters: number;
  readonly groups: number;
  readonly initializer: InitializerValue;
  readonly l1: number;
  readonly l2: number;
}

/** The config of a stock `Conv1D`, `Conv2D` or `Conv3D` as parameters. */
export function readConvolution(config: AnyParams, rank: Rank): Result<ReadConvolution> {
  const sliding = readSliding(config, rank);
  if (!sliding.ok) return sliding;
  const penalty = readPenalty(config);
  if (!penalty.ok) return penalty;
  if (typeof config.filters !== 'number') return err('its number of filters is missing');
  const groups = typeof config.groups === 'number' ? config.groups : 1;
  const initializer = readInitializer(config.kernelInitializer, 'glorotUniform');
  return ok({ filters: config.filters, groups, ...sliding.value, initializer, ...penalty.value });
}
