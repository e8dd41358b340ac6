import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import { type Edge, emptyDocument, type LoomDocument } from '@/graph/document';

type Params = Readonly<Record<string, unknown>>;

/** A layer of a test network; it takes the one before where it names no others. */
export type Entry = readonly [id: string, type: string, params?: Params, from?: readonly string[]];

/** A document of layers in a row, wired to the one before where they don't say otherwise. */
export function documentOf(entries: readonly Entry[]): LoomDocument {
  const edges = entries.flatMap(([id, type, , from], i): Edge[] => {
    const before = entries[i - 1]?.[0];
    const sources = from ?? (type === 'input' || before === undefined ? [] : [before]);
    return sources.map((source, port) => ({ from: { node: source, port: 0 }, to: { node: id, port } }));
  });
  const nodes = entries.map(([id, type, params], i) => ({
    id,
    type,
    version: 1,
    name: id,
    params: { ...params },
    position: { x: 0, y: 100 * i },
  }));
  return { ...emptyDocument('test'), dataset: null, nodes, edges };
}

/** The plan of a test network, which must be without errors. */
export function planOf(entries: readonly Entry[]): Plan {
  const { plan, problems } = compile(documentOf(entries));
  if (!plan) throw new Error(problems.map(({ message }) => message).join(' '));
  return plan;
}

const image = (...shape: number[]): Entry => ['in', 'input', { shape }];

/** Small networks that between them hold every kind of layer and wiring; smooth but for pools and one ReLU. */
export const networks: Readonly<Record<string, readonly Entry[]>> = {
  'an MLP': [
    image(5),
    ['h1', 'dense', { units: 7, activation: 'tanh' }],
    ['h2', 'dense', { units: 6, activation: 'sigmoid' }],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'convolution, pool, flatten, dense': [
    image(8, 8, 1),
    ['c', 'conv2d', { filters: 4, kernel: [3, 3], activation: 'tanh' }],
    ['p', 'maxPool2d', {}],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'a residual block with batch norm': [
    image(6, 6, 2),
    ['c1', 'conv2d', { filters: 4, kernel: [3, 3], padding: 'same', bias: false }],
    ['b1', 'batchNorm', {}],
    ['a1', 'activation', { activation: 'tanh' }],
    ['c2', 'conv2d', { filters: 4, kernel: [3, 3], padding: 'same', bias: false }],
    ['b2', 'batchNorm', {}],
    ['sum', 'add', {}, ['a1', 'b2']],
    ['a2', 'activation', { activation: 'softplus' }],
    ['g', 'globalAveragePool2d'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'batch norm without γ, without β, without both, on vectors': [
    image(5),
    ['b1', 'batchNorm', { scale: false }],
    ['h', 'dense', { units: 6, activation: 'tanh' }],
    ['b2', 'batchNorm', { center: false }],
    ['h2', 'dense', { units: 4, activation: 'tanh' }],
    ['b3', 'batchNorm', { scale: false, center: false }],
    ['d', 'dense', { units: 3 }],
    ['s', 'activation', { activation: 'softmax' }],
    ['out', 'output'],
  ],
  'normalisation of each example, and activations that tfjs lacks': [
    image(4, 6, 4),
    ['c', 'conv2d', { filters: 6, kernel: [3, 3], activation: 'geluTanh' }],
    ['l', 'localResponseNorm', { size: 4, alpha: 0.5 }],
    ['g', 'groupNorm', { groups: 3, scale: false }],
    ['a', 'activation', { activation: 'tanh' }],
    ['i', 'instanceNorm', { center: false }],
    ['n', 'layerNorm', { over: 'all' }],
    ['s', 'activation', { activation: 'sigmoid' }],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'batch norm with frozen statistics, and with frozen γ and β': [
    image(5, 4),
    ['h', 'dense', { units: 6, activation: 'tanh' }],
    ['b', 'batchNorm', { frozen: true }],
    ['s', 'dense', { units: 6, activation: 'hardSwish' }],
    ['k', 'batchNorm', { frozenAffine: true }],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'an inception cell': [
    image(6, 6, 2),
    ['a', 'conv2d', { filters: 2, kernel: [1, 1], activation: 'tanh' }, ['in']],
    ['b', 'conv2d', { filters: 3, kernel: [3, 3], padding: 'same', activation: 'tanh' }, ['in']],
    ['p', 'averagePool2d', { pool: [3, 3], stride: [1, 1], padding: 'same' }, ['in']],
    ['j', 'concatenate', {}, ['a', 'b', 'p']],
    ['g', 'globalAveragePool2d'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'dropout': [
    image(5),
    ['h', 'dense', { units: 16, activation: 'tanh' }],
    ['drop', 'dropout', { rate: 0.4 }],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'a dilated convolution': [
    image(9, 9, 2),
    ['c', 'conv2d', { filters: 3, kernel: [3, 3], dilation: [2, 2], padding: 'same', activation: 'tanh' }],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'padding in numbers': [
    image(7, 7, 1),
    ['c', 'conv2d', { filters: 3, kernel: [3, 3], stride: [2, 2], padding: [[2, 1], [0, 3]], activation: 'tanh' }],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'average pool with same padding': [
    image(7, 5, 2),
    ['c', 'conv2d', { filters: 3, kernel: [2, 2], activation: 'tanh' }],
    ['p', 'averagePool2d', { pool: [3, 3], stride: [2, 2], padding: 'same' }],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'LSTM there and back, GRU back': [
    image(3, 2),
    ['l', 'lstm', { units: 3, direction: 'both', returnSequences: true }],
    ['g', 'gru', { units: 3, direction: 'backward' }],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'GRU there and back with the reset before, simple RNN': [
    image(3, 2),
    ['g', 'gru', { units: 3, direction: 'both', merge: 'average', resetAfter: false, returnSequences: true }],
    ['r', 'simpleRnn', { units: 4 }],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'attention to oneself, then to a memory': [
    image(4, 6),
    ['p', 'positionalEncoding', { kind: 'learned' }],
    ['a', 'multiHeadAttention', { heads: 2, keySize: 3, causal: true }],
    ['sum', 'add', {}, ['p', 'a']],
    ['b', 'multiHeadAttention', { heads: 2, keySize: 4 }, ['sum', 'p']],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
  'two outputs': [
    image(5),
    ['h', 'dense', { units: 6, activation: 'tanh' }],
    ['d1', 'dense', { units: 3, activation: 'softmax' }],
    ['aux', 'output'],
    ['h2', 'dense', { units: 6, activation: 'tanh' }, ['h']],
    ['d2', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ],
};
