import { describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import { layers } from '../registry';
import { readInitializer } from './stock';

/** Configs as Keras and tfjs write them, keys in camel case as tfjs reads them. */
const read = (className: string, config: AnyParams) => {
  const found = [...layers.values()].find(({ reads }) => Object.hasOwn(reads, className));
  return { type: found?.type ?? null, ...found?.reads[className]?.(config) };
};

describe('layers that others wrote', () => {
  it.each<readonly [string, AnyParams, string, AnyParams]>([
    [
      'InputLayer',
      { batchInputShape: [null, 28, 28, 1], dtype: 'float32', sparse: false },
      'input',
      { shape: [28, 28, 1] },
    ],
    ['InputLayer', { batchShape: [null, 4] }, 'input', { shape: [4] }],
    ['ReLU', { maxValue: 6, negativeSlope: 0, threshold: 0 }, 'activation', { activation: 'relu6' }],
    ['ReLU', { maxValue: null }, 'activation', { activation: 'relu' }],
    ['ELU', { alpha: 0.5 }, 'elu', { alpha: 0.5 }],
    ['LeakyReLU', { alpha: 0.2 }, 'leakyRelu', { slope: 0.2 }],
    ['LeakyReLU', { negativeSlope: 0.1 }, 'leakyRelu', { slope: 0.1 }],
    ['PReLU', { sharedAxes: [1, 2], alphaInitializer: 'zeros' }, 'prelu', { slopes: 'channel', initializer: 'zeros' }],
    ['Activation', { activation: 'gelu_new' }, 'activation', { activation: 'geluTanh' }],
    ['Activation', { activation: 'hard_silu' }, 'activation', { activation: 'hardSwish' }],
    ['Softmax', { axis: -1 }, 'activation', { activation: 'softmax' }],
    ['Activation', { activation: 'hard_sigmoid' }, 'activation', { activation: 'hardSigmoid' }],
    ['Activation', { activation: 'silu' }, 'activation', { activation: 'swish' }],
    [
      'MaxPooling2D',
      { poolSize: [3, 3], strides: null },
      'maxPool2d',
      { pool: [3, 3], stride: [3, 3], padding: 'valid' },
    ],
    ['AveragePooling1D', { poolSize: 2, padding: 'same' }, 'averagePool1d', { pool: [2], stride: [2], padding: 'same' }],
    ['GlobalAveragePooling2D', { keepdims: true }, 'globalAveragePool2d', { keepAxes: true }],
    ['GlobalMaxPooling1D', {}, 'globalMaxPool1d', { keepAxes: false }],
    ['ZeroPadding2D', { padding: [1, 2] }, 'zeroPadding2d', { top: 1, bottom: 1, left: 2, right: 2 }],
    ['Concatenate', {}, 'concatenate', { axis: -1 }],
    ['Concatenate', { axis: 3 }, 'concatenate', { axis: 3 }],
    ['Concatenate', { axis: -2 }, 'concatenate', { axis: -2 }],
    ['BatchNormalization', { axis: [3] }, 'batchNorm', { momentum: 0.99, epsilon: 1e-3, scale: true, center: true }],
    ['Dropout', { rate: 0.3, noiseShape: null, seed: null }, 'dropout', { rate: 0.3 }],
  ])('%s %j is %s %j', (className, config, type, value) => {
    expect(read(className, config)).toEqual({ type, ok: true, value });
  });

  it.each<readonly [string, AnyParams, string]>([
    ['ReLU', { negativeSlope: 0.1 }, 'its negativeSlope is 0.1'],
    ['Softmax', { axis: 1 }, 'its axis is 1'],
    ['Conv2D', { filters: 4, kernelSize: [3, 3], dataFormat: 'channelsFirst' }, 'its dataFormat is "channelsFirst"'],
    ['Dense', { units: 4, activation: 'swiss' }, 'its activation "swiss" is unknown'],
    ['Concatenate', { axis: 'width' }, 'its axis "width"'],
    ['InputLayer', { batchInputShape: [null, null, null, 3] }, 'leaves a size open'],
    ['GlobalAveragePooling2D', { dataFormat: 'channelsFirst' }, 'its dataFormat is "channelsFirst"'],
    ['Dropout', { rate: 0.3, noiseShape: [null, 1] }, 'noise shape'],
  ])('%s %j is refused: %s', (className, config, why) => {
    expect(read(className, config)).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  });

  it('name their initialisers in several ways', () => {
    const scaling = (scale: number, mode: string, distribution: string) =>
      readInitializer({ className: 'VarianceScaling', config: { scale, mode, distribution } }, 'fallback');
    expect(scaling(2, 'fanIn', 'normal')).toBe('heNormal');
    expect(scaling(1, 'fan_avg', 'uniform')).toBe('glorotUniform');
    expect(scaling(1, 'fanIn', 'truncatedNormal')).toBe('leCunNormal');
    expect(scaling(3, 'fanOut', 'normal')).toBe('fallback');
    expect(readInitializer('glorot_uniform', 'x')).toBe('glorotUniform');
    expect(readInitializer({ className: 'LecunNormal', config: {} }, 'x')).toBe('leCunNormal');
    expect(readInitializer({ className: 'HeNormal', config: {} }, 'x')).toBe('heNormal');
    expect(readInitializer({ className: 'IdentityInitializer', config: {} }, 'x')).toBe('identity');
    expect(['zero', 'one', 'uniform', 'normal'].map((name) => readInitializer(name, 'x'))).toEqual([
      ...['zeros', 'ones', 'randomUniform', 'randomNormal'],
    ]);
  });

  it.each<readonly [string, AnyParams | null, unknown]>([
    ['Constant', { value: 0.1 }, { type: 'constant', params: { value: 0.1 } }],
    ['RandomUniform', { minval: -1, maxval: 0, seed: 3 }, { type: 'randomUniform', params: { min: -1, max: 0 } }],
    ['RandomNormal', { mean: 0, stddev: 1, seed: null }, { type: 'randomNormal', params: { mean: 0, deviation: 1 } }],
    ['TruncatedNormal', { mean: null, stddev: 2 }, { type: 'truncatedNormal', params: { deviation: 2 } }],
    ['Orthogonal', { gain: 2 }, { type: 'orthogonal', params: { gain: 2 } }],
    ['Identity', { gain: 0.5 }, { type: 'identity', params: { gain: 0.5 } }],
    ['Identity', null, 'identity'],
    ['Zeros', { gain: 3 }, 'zeros'],
  ])('%s %j initialises by its parameters', (className, config, value) => {
    expect(readInitializer({ className, config }, 'x')).toEqual(value);
  });
});
