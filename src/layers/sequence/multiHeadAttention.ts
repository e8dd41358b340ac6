import type * as tfjs from '@tensorflow/tfjs';
import { bool, float, initializer, int, type ParamValues } from '@/core/params';
import type { Shape } from '@/core/shape';
import { defineLayer, type Formula, refused, shaped, type Term, type Tf } from '../define';
import { pythonCall, type TorchCode, type TorchWeight } from '../emit';
import { sequenceProblem, stepsAndFeatures } from '../shared/sequences';
import { sizeProblem } from '../shared/size';
import { specsOf } from '../shared/specs';

type Tensor = tfjs.Tensor;

const params = {
  heads: int({ label: 'Heads', min: 1, max: 1024, default: 4 }),
  keySize: int({
    label: 'Key size',
    hint: 'Numbers of a query, key and value in each head; mostly features/heads.',
    min: 1,
    max: 65536,
    default: 16,
  }),
  causal: bool({ label: 'Causal', hint: 'A step sees none that come after it.', default: false }),
  dropout: float({
    label: 'Dropout',
    hint: 'Share of attention weights that are set to 0 while training.',
    min: 0,
    max: 0.95,
    default: 0,
  }),
  bias: bool({ label: 'Bias', default: true }),
  initializer: initializer({ label: 'Initialiser', default: 'glorotUniform' }),
};
type Params = ParamValues<typeof params>;

/** What is added to a score that must not count: its exponential is 0. */
const MASKED = -1e9;

/** Sizes of queries and of what they look at: the second input, or the queries' own. */
function sizesOf(inputs: readonly Shape[], p: Params) {
  const [query = [], memory = query] = inputs;
  const [queries, features] = stepsAndFeatures(query);
  const [keys, memoryFeatures] = stepsAndFeatures(memory);
  return { queries, features, keys, memoryFeatures, inner: p.heads * p.keySize };
}

/** [queries, keys]: a score of a later step is put out of the running. */
function causalMask(tf: Tf, queries: number, keys: number): Tensor {
  const values = Float32Array.from({ length: queries * keys }, (_, i) =>
    i % keys > Math.floor(i / keys) ? MASKED : 0,
  );
  return tf.tensor2d(values, [queries, keys]);
}

function formula(inputs: readonly Shape[], p: Params): readonly Formula[] {
  const { queries, features, keys, memoryFeatures, inner } = sizesOf(inputs, p);
  const e: Term = { text: `${features}`, input: true };
  const m: Term = { text: `${memoryFeatures}`, input: true };
  const h: Term = { text: `${p.heads}`, param: 'heads' };
  const k: Term = { text: `${p.keySize}`, param: 'keySize' };
  const total = inner * (2 * features + 2 * memoryFeatures) + (p.bias ? 3 * inner + features : 0);
  return [
    {
      title: 'Each head, from queries Q, keys K and values V',
      lines: [
        ['softmax(Q·Kᵀ/√', k, ...(p.causal ? [' + ', { text: 'mask', param: 'causal' }] : []), ')·V'],
        [
          'weights: ',
          h,
          ' heads of ',
          { text: `${queries}`, input: true },
          '×',
          { text: `${keys}`, input: true },
          ' = ',
          { text: (p.heads * queries * keys).toLocaleString('en'), result: true },
        ],
      ],
    },
    {
      title: 'Numbers of all heads together',
      lines: [[h, '·', k, ' = ', { text: `${inner}`, result: true }]],
    },
    {
      title: 'Parameters of queries, keys, values and output',
      lines: [
        [
          `${inner}·(`,
          e,
          ' + 2·',
          m,
          ' + ',
          e,
          ')',
          ...(p.bias ? [' + ', { text: `3·${inner}`, param: 'bias' }, ' + ', e] : []),
          ' = ',
          { text: total.toLocaleString('en'), result: true },
        ],
      ],
    },
  ];
}

const transposed = (from: string): TorchWeight & { readonly from: string } => ({ from, permute: [1, 0] });

/** nn.MultiheadAttention where its heads divide the features; else its parts one by one. */
function torch(inputs: readonly Shape[], p: Params): TorchCode {
  const { queries, features, keys, memoryFeatures, inner } = sizesOf(inputs, p);
  const [query, memory] = inputs.length > 1 ? ['x0', 'x1'] : ['x', 'x'];
  const bias = p.bias ? undefined : false;
  if (inner === features) {
    const kernels = ['queryKernel', 'keyKernel', 'valueKernel'].map(transposed);
    const alike = features === memoryFeatures;
    const mask = p.causal ? `attn_mask=torch.ones(${queries}, ${keys}, dtype=torch.bool).triu(1), ` : '';
    return {
      module: pythonCall('nn.MultiheadAttention', [features, p.heads], {
        dropout: p.dropout || undefined,
        bias,
        kdim: alike ? undefined : memoryFeatures,
        vdim: alike ? undefined : memoryFeatures,
        batch_first: true,
      }),
      call: `m(${query}, ${memory}, ${memory}, ${mask}need_weights=False)[0]`,
      layout: 'last',
      weights: {
        ...(alike
          ? { in_proj_weight: { concat: kernels, axis: 0 } }
          : { q_proj_weight: kernels[0]!, k_proj_weight: kernels[1]!, v_proj_weight: kernels[2]! }),
        'out_proj.weight': transposed('outputKernel'),
        ...(p.bias && {
          in_proj_bias: { concat: [{ from: 'queryBias' }, { from: 'keyBias' }, { from: 'valueBias' }], axis: 0 },
          'out_proj.bias': { from: 'outputBias' },
        }),
      },
    };
  }
  const linear = (from: number, to: number) => pythonCall('nn.Linear', [from, to], { bias });
  const projections = [
    ['query', query, linear(features, inner)],
    ['key', memory, linear(memoryFeatures, inner)],
    ['value', memory, linear(memoryFeatures, inner)],
  ] as const;
  const named = [...projections, ['output', '', linear(inner, features)]].map(([name, , module]) => `"${name}": ${module}`);
  const heads = projections.map(([name, x]) => `("${name}", ${x})`).join(', ');
  const options = [
    ...(p.dropout ? [`dropout_p=${p.dropout} if m.training else 0`] : []),
    ...(p.causal ? ['is_causal=True'] : []),
  ];
  const each = `m[n](y).unflatten(-1, (${p.heads}, ${p.keySize})).transpose(1, 2) for n, y in (${heads})`;
  const attention = `F.scaled_dot_product_attention(${[`*(${each})`, ...options].join(', ')})`;
  return {
    module: `nn.ModuleDict({${named.join(', ')}})`,
    call: `m["output"](${attention}.transpose(1, 2).flatten(2))`,
    layout: 'last',
    weights: Object.fromEntries(
      ['query', 'key', 'value', 'output'].flatMap((name): (readonly [string, TorchWeight])[] => [
        [`${name}.weight`, transposed(`${name}Kernel`)],
        ...(p.bias ? [[`${name}.bias`, { from: `${name}Bias` }] as const] : []),
      ]),
    ),
  };
}

/**
 * Multi-head attention: each step's query is held against the keys of all steps, and takes a mean of their values,
 * weighted by softmax(Q·Kᵀ/√keySize); several heads side by side, joined by a matrix. One input attends to itself;
 * with two, the first asks and the second, the memory, answers.
 * Input:  [batch, steps, features], and [batch, keys, memory features]     Output: [batch, steps, features]
 * Vaswani et al. 2017, "Attention is all you need", §3.2.
 */
export const multiHeadAttention = defineLayer({
  type: 'multiHeadAttention',
  family: 'sequence',
  title: 'Multi-head attention',
  summary: 'Lets every step look at all steps and take from each as much as its key fits the query.',
  keywords: ['self-attention', 'transformer', 'cross-attention', 'mha', 'query key value'],
  reference: 'Vaswani et al. 2017, Attention is all you need, §3.2',
  inputs: { kind: 'variadic', name: 'query', min: 1, max: 2, names: ['query', 'memory'] },
  params,
  shape: ([query = [], memory], p) => {
    const wrong = sequenceProblem(query, 'the query') ?? (memory && sequenceProblem(memory, 'the memory'));
    if (wrong) return refused(wrong);
    const { queries, keys } = sizesOf(memory ? [query, memory] : [query], p);
    const tooMany = sizeProblem([null, p.heads, queries, keys], 'Its attention weights');
    return tooMany ? refused(tooMany) : shaped(query);
  },
  weights: (inputs, p) => {
    const { features, memoryFeatures, inner } = sizesOf(inputs, p);
    const kernel = (from: number, to: number) => ({ shape: [from, to], initializer: p.initializer, trainable: true });
    const bias = (size: number) => ({ shape: [size], initializer: 'zeros', trainable: true });
    return specsOf(
      { queryKernel: kernel(features, inner) },
      p.bias && { queryBias: bias(inner) },
      { keyKernel: kernel(memoryFeatures, inner) },
      p.bias && { keyBias: bias(inner) },
      { valueKernel: kernel(memoryFeatures, inner) },
      p.bias && { valueBias: bias(inner) },
      { outputKernel: kernel(inner, features) },
      p.bias && { outputBias: bias(features) },
    );
  },
  forward: (tf, [query, memory = query], weights, p, context) => {
    const { heads, keySize } = p;
    const [batch = 1, queries = 1] = query.shape;
    const [, keys = 1] = memory.shape;
    const project = (x: Tensor, name: string): Tensor => {
      const rows = tf.matMul(tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), weights[`${name}Kernel`]!);
      const bias = weights[`${name}Bias`];
      return bias ? tf.add(rows, bias) : rows;
    };
    /** [batch, heads, steps, keySize] */
    const inHeads = (x: Tensor, steps: number) =>
      tf.transpose(tf.reshape(x, [batch, steps, heads, keySize]), [0, 2, 1, 3]);
    const q = inHeads(tf.mul(project(query, 'query'), 1 / Math.sqrt(keySize)), queries);
    const k = inHeads(project(memory, 'key'), keys);
    const v = inHeads(project(memory, 'value'), keys);
    const scores = tf.matMul(q, k, false, true);
    const shares = tf.softmax(p.causal ? tf.add(scores, causalMask(tf, queries, keys)) : scores);
    const dropped =
      context.training && p.dropout > 0
        ? tf.mul(shares, context.draws.dropping(shares.shape, p.dropout))
        : shares;
    const mixed = tf.transpose(tf.matMul(dropped, v), [0, 2, 1, 3]);
    const joined = project(tf.reshape(mixed, [batch, queries, heads * keySize]), 'output');
    return tf.reshape(joined, query.shape);
  },
  field: () => 'all',
  macs: (inputs, _outputs, p) => {
    const { queries, features, keys, memoryFeatures, inner } = sizesOf(inputs, p);
    return inner * (2 * queries * features + 2 * keys * memoryFeatures + 2 * queries * keys);
  },
  formula: (inputs, _outputs, p) => formula(inputs, p),
  torch: (p, { inputs }) => torch(inputs, p),
  keras: (p, { inputs }) => ({
    call: `${pythonCall('layers.MultiHeadAttention', [p.heads, p.keySize], {
      dropout: p.dropout || undefined,
      use_bias: p.bias ? undefined : false,
    })}(${inputs.length > 1 ? 'x0, x1' : 'x, x'}${p.causal ? ', use_causal_mask=True' : ''})`,
  }),
  telling: (p) => [`${p.heads} × ${p.keySize}`, ...(p.causal ? ['causal'] : [])].join(' · '),
  cases: [
    // The base model of the paper: four matrices of 512×512, as 8 heads of 64; with biases as in PyTorch.
    { params: { heads: 8, keySize: 64 }, in: [[null, 2, 512]], out: [[null, 2, 512]], weights: 1_050_624 },
    {
      params: { heads: 2, keySize: 3, causal: true, bias: false },
      in: [[null, 5, 6]],
      out: [[null, 5, 6]],
      weights: 4 * 36,
    },
    {
      params: { heads: 3, keySize: 2, bias: false },
      in: [
        [null, 4, 6],
        [null, 5, 7],
      ],
      out: [[null, 4, 6]],
      weights: 2 * 6 * 6 + 2 * 7 * 6,
    },
    // Heads that don't divide the features.
    {
      params: { heads: 2, keySize: 4, causal: true, bias: false },
      in: [[null, 3, 5]],
      out: [[null, 3, 5]],
      weights: 4 * 5 * 8,
    },
    {
      params: { heads: 2, keySize: 4 },
      in: [
        [null, 3, 5],
        [null, 4, 6],
      ],
      out: [[null, 3, 5]],
      weights: 2 * 5 * 8 + 2 * 6 * 8 + 3 * 8 + 5,
    },
  ],
});
