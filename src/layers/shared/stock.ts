import type { AnyParams, Padding, Pair } from '@/core/params';
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

/** The name of a stock initialiser: `{className: 'HeNormal'}` is `heNormal`; variance scaling by its three settings. */
export function readInitializer(value: unknown, fallback: string): string {
  if (typeof value !== 'object' || value === null) return fallback;
  const { className, config } = value as { className?: unknown; config?: Record<string, unknown> };
  if (className === 'VarianceScaling') {
    const family = config?.mode === 'fanAvg' ? 'glorot' : config?.scale === 2 ? 'he' : 'leCun';
    return family + (config?.distribution === 'uniform' ? 'Uniform' : 'Normal');
  }
  return typeof className === 'string' && className !== '' ? className[0]!.toLowerCase() + className.slice(1) : fallback;
}

interface ReadConvolution {
  readonly filters: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
  readonly activation: ActivationName;
  readonly bias: boolean;
  readonly initializer: string;
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
