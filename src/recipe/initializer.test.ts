import { describe, expect, it } from 'vitest';
import { parseInitializer } from './initializer';

const valueOf = (value: unknown) => {
  const parsed = parseInitializer(value);
  return parsed.ok ? parsed.value.value : parsed.error.map(({ message }) => message).join(' ');
};

describe('an initialiser in a document', () => {
  it('is its bare name where its parameters are the defaults, however it was written', () => {
    expect(valueOf('heNormal')).toBe('heNormal');
    expect(valueOf({ type: 'heNormal' })).toBe('heNormal');
    expect(valueOf({ type: 'randomNormal', params: {} })).toBe('randomNormal');
    expect(valueOf({ type: 'randomNormal', params: { mean: 0, deviation: 0.05 } })).toBe('randomNormal');
  });

  it('has all its parameters where one is not the default', () => {
    expect(valueOf({ type: 'constant', params: { value: 0.1 } })).toEqual({ type: 'constant', params: { value: 0.1 } });
    expect(valueOf({ type: 'truncatedNormal', params: { deviation: 1 } })).toEqual({
      type: 'truncatedNormal',
      params: { mean: 0, deviation: 1 },
    });
  });

  it.each<readonly [string, unknown, string, RegExp]>([
    ['an unknown name', 'magic', 'initializer.unknown', /“magic”; there are constant, glorotNormal, /],
    ['a name that every object has', { type: 'constructor' }, 'initializer.unknown', /“constructor”/],
    ['no name', 7, 'initializer.unknown', /“7”/],
    ['another key', { type: 'zeros', value: 3 }, 'initializer.unknown', /no initialiser/],
    [
      'a parameter out of range',
      { type: 'randomNormal', params: { mean: 2, deviation: -1 } },
      'param.invalid',
      /^Normal: Deviation can’t be -1/,
    ],
    [
      'no number',
      { type: 'constant', params: { value: 'much' } },
      'param.invalid',
      /^Constant: Value can’t be "much"/,
    ],
    [
      'a parameter that it lacks',
      { type: 'constant', params: { value: 1, seed: 5 } },
      'param.unknown',
      /no parameter “seed” here; it has value/,
    ],
    [
      'crossing bounds',
      { type: 'randomUniform', params: { min: 0.2, max: 0.1 } },
      'initializer.bounds',
      /^Uniform: Min 0.2 lies above max 0.1/,
    ],
  ])('with %s is a problem', (_title, value, code, message) => {
    const parsed = parseInitializer(value);
    if (parsed.ok) throw new Error('It was accepted.');
    expect(parsed.error).toHaveLength(1);
    expect(parsed.error[0]).toMatchObject({ code, message: expect.stringMatching(message) });
    for (const { initializer } of parsed.error[0]?.fixes ?? []) expect(parseInitializer(initializer).ok).toBe(true);
  });

  it('keeps what fits when a fix is taken', () => {
    const fixesOf = (value: unknown) => {
      const parsed = parseInitializer(value);
      return parsed.ok ? [] : parsed.error.flatMap(({ fixes = [] }) => fixes);
    };
    expect(fixesOf({ type: 'randomNormal', params: { mean: 2, deviation: -1 } })).toEqual([
      { title: 'Deviation 0.05', initializer: { type: 'randomNormal', params: { mean: 2, deviation: 0.05 } } },
    ]);
    expect(fixesOf({ type: 'constant', params: { value: 1, seed: 5 } })).toEqual([
      { title: 'Without seed', initializer: { type: 'constant', params: { value: 1 } } },
    ]);
    expect(fixesOf({ type: 'randomUniform', params: { min: 0.2, max: 0.1 } })).toEqual([
      { title: 'From 0.1 to 0.2', initializer: { type: 'randomUniform', params: { min: 0.1, max: 0.2 } } },
    ]);
  });
});
