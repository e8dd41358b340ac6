import { describe, expect, it } from 'vitest';
import { nodeSurroundings } from './backends/node';
import { createProgram } from './createProgram';
import { initialWeights } from './initialise';
import { batchFor, optionsFor } from './testing/batches';
import { type Entry, networks, planOf } from './testing/plans';

const weightsOf = (entries: Parameters<typeof planOf>[0], seed: number) => {
  const weights = initialWeights(planOf(entries), seed);
  if (!weights.ok) throw new Error(weights.error.message);
  return weights.value;
};

describe('initial weights', () => {
  it('are those of the seed', () => {
    const network = networks['an MLP']!;
    expect(weightsOf(network, 1)).toEqual(weightsOf(network, 1));
    expect(weightsOf(network, 1)['h1/kernel']).not.toEqual(weightsOf(network, 2)['h1/kernel']);
  });

  it('of a layer stay when another is put beside it', () => {
    const [first, last]: Entry[][] = [[['in', 'input', { shape: [4] }]], [['d', 'dense', { units: 3 }], ['out', 'output']]];
    const before = weightsOf([...first!, ...last!], 1);
    const after = weightsOf([...first!, ['new', 'dense', { units: 4 }], ...last!], 1);
    expect(after['d/kernel']).toEqual(before['d/kernel']);
    expect(after['d/kernel']).not.toEqual(after['new/kernel']!.subarray(0, 12));
  });

  it('have the spread of their initialiser: He’s √(2/fan in) for a convolution of 5×5 over 8 channels', () => {
    const weights = weightsOf(
      [
        ['in', 'input', { shape: [9, 9, 8] }],
        ['c', 'conv2d', { filters: 64, kernel: [5, 5], initializer: 'heNormal' }],
        ['out', 'output'],
      ],
      1,
    );
    const kernel = weights['c/kernel']!;
    const variance = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
    // 12,800 draws: the variance of a truncated normal comes within some 2 % of its own.
    expect(Math.sqrt(variance) / Math.sqrt(2 / (5 * 5 * 8))).toBeCloseTo(1, 1);
    expect([...weights['c/bias']!]).toEqual(Array(64).fill(0));
  });

  it('of batch norm begin as γ 1, β 0, mean 0, variance 1', () => {
    const weights = weightsOf(networks['a residual block with batch norm']!, 1);
    const first = (key: string) => weights[`b1/${key}`]![0];
    expect(['gamma', 'beta', 'movingMean', 'movingVariance'].map(first)).toEqual([1, 0, 0, 1]);
  });

  it('of an LSTM begin with the forget gate’s biases at 1, the second of four blocks; both directions apart', () => {
    const lstm = (params: object): Entry[] => [
      ['in', 'input', { shape: [4, 3] }],
      ['l', 'lstm', { units: 2, ...params }],
      ['out', 'output'],
    ];
    expect([...weightsOf(lstm({}), 1)['l/bias']!]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect([...weightsOf(lstm({ unitForgetBias: false }), 1)['l/bias']!]).toEqual(Array(8).fill(0));
    const both = weightsOf(lstm({ direction: 'both' }), 1);
    expect([...both['l/backwardBias']!]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(both['l/forwardKernel']).not.toEqual(both['l/backwardKernel']);
  });

  it('of blocks stand side by side in each row', () => {
    const plan = planOf(networks['an MLP']!);
    const blocks = ['zeros', 'ones'];
    const weight = { name: 'w', key: 'h1/w', shape: [2, 6], initializer: 'zeros', blocks, trainable: true };
    const layers = plan.layers.map((layer) => ({ ...layer, weights: layer.path === 'h1' ? [weight] : [] }));
    const weights = initialWeights({ ...plan, layers }, 1);
    expect(weights.ok && [...weights.value['h1/w']!]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
  });

  it('of an unknown initialiser are a problem', () => {
    const plan = planOf(networks['an MLP']!);
    const layers = plan.layers.map((layer) => ({
      ...layer,
      weights: layer.weights.map((weight) => ({ ...weight, initializer: 'magic' })),
    }));
    const problem = { code: 'weight.initializer', got: 'magic' };
    expect(initialWeights({ ...plan, layers }, 1)).toMatchObject({ ok: false, error: problem });
  });

  it('have the parameters of their initialiser', () => {
    const dense = { units: 2, initializer: { type: 'constant', params: { value: 0.5 } } };
    const weights = weightsOf([['in', 'input', { shape: [2] }], ['d', 'dense', dense], ['out', 'output']], 1);
    expect([...weights['d/kernel']!]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});

describe('hidden units that begin alike', () => {
  /** Kernels before and after 50 steps of gradient descent; columns of h are hidden units, rows of d their weights. */
  async function trained(initializer: unknown) {
    const plan = planOf([
      ['in', 'input', { shape: [4] }],
      ['h', 'dense', { units: 2, activation: 'tanh', initializer }],
      ['d', 'dense', { units: 3, activation: 'softmax', initializer }],
      ['out', 'output'],
    ]);
    const options = optionsFor({ optimizer: { type: 'sgd', params: {} } });
    const created = await createProgram(nodeSurroundings, 'cpu', plan, options);
    if (!created.ok) throw new Error(created.error.message);
    const program = created.value;
    const before = await program.weights();
    for (let i = 0; i < 50; i += 1) program.step(batchFor(plan, 8, i), 0.1);
    const after = await program.weights();
    program.dispose();
    return { before, after };
  }
  const units = (kernel: Float32Array) => [0, 1].map((unit) => [...kernel].filter((_value, i) => i % 2 === unit));

  it('stay alike for ever where weights begin at one constant: two units do the work of one', async () => {
    const { before, after } = await trained({ type: 'constant', params: { value: 0.3 } });
    expect(after['h/kernel']).not.toEqual(before['h/kernel']);
    const [first, second] = units(after['h/kernel']!);
    expect(first).toEqual(second);
    expect(after['d/kernel']!.slice(0, 3)).toEqual(after['d/kernel']!.slice(3));
  });

  it('never move where weights begin at zero: only the last bias learns', async () => {
    const { before, after } = await trained('zeros');
    for (const key of ['h/kernel', 'h/bias', 'd/kernel']) expect(after[key], key).toEqual(before[key]);
    expect(after['d/bias']).not.toEqual(before['d/bias']);
  });

  it('part where weights begin at random', async () => {
    const { after } = await trained('glorotUniform');
    const [first, second] = units(after['h/kernel']!);
    expect(first).not.toEqual(second);
  });
});
