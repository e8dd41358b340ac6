import type * as tfjs from '@tensorflow/tfjs';
import { initializer, int } from '@/core/params';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { elements, formatShape, withoutBatch } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { readInitializer, refuseUnless } from '../shared/stock';

/**
 * A vector of its own for each word of a vocabulary: row i of a table for index i. Fractions of an index are cut off.
 * An index below 0 or from `vocabulary` on has no row: on cpu and wasm the run fails and names it; graphics backends
 * give zeros.
 * Input:  [batch, steps] of indices 0 … vocabulary − 1     Output: [batch, steps, features]
 * Bengio, Ducharme, Vincent & Jauvin 2003, "A neural probabilistic language model", §2.
 */
export const embedding = defineLayer({
  type: 'embedding',
  family: 'sequence',
  title: 'Embedding',
  summary: 'Looks up a learnt vector for the index of each word.',
  keywords: ['word vectors', 'lookup', 'token', 'vocabulary', 'nlp'],
  reference: 'Bengio, Ducharme, Vincent & Jauvin 2003, A neural probabilistic language model, §2',
  params: {
    vocabulary: int({
      label: 'Vocabulary',
      hint: 'Number of different words; what comes in are their indices, from 0 on.',
      min: 1,
      max: 10_000_000,
      default: 1000,
    }),
    features: int({ label: 'Features', hint: 'Numbers that stand for a word.', min: 1, max: 65536, default: 64 }),
    initializer: initializer({ label: 'Initialiser', default: 'randomUniform' }),
  },
  shape: ([input = []], p) => {
    const sizes = withoutBatch(input);
    if (sizes.length === 1) return shaped([null, sizes[0] ?? 1, p.features]);
    const expected = 'a list of indices (steps)';
    const got = formatShape(input);
    return refused(
      problem(
        'rank',
        `It takes ${expected}, one number for each word; what comes in is ${got}, of rank ${sizes.length}. ` +
          `Numbers that are no indices become ${p.features} features by a Dense.`,
        { expected, got },
      ),
    );
  },
  weights: (_inputs, p) => ({
    embeddings: { shape: [p.vocabulary, p.features], initializer: p.initializer, trainable: true },
  }),
  // The stock layer can't be trained behind another: tfjs then asks for the gradient of the indices and fails.
  trainsItself: true,
  forward: (tf, [x], weights, p) => {
    const look = tf.customGrad((indices, table, save) => {
      const whole = tf.cast(tf.reshape(indices as tfjs.Tensor, [-1]), 'int32');
      (save as tfjs.GradSaveFunc)([whole]);
      return {
        value: tf.gather(table as tfjs.Tensor, whole),
        gradFunc: (dy: tfjs.Tensor, saved: readonly tfjs.Tensor[]) => [
          tf.zeros(x.shape),
          tf.unsortedSegmentSum(dy, saved[0] as tfjs.Tensor1D, p.vocabulary),
        ],
      };
    });
    return tf.reshape(look(x, weights.embeddings!), [...x.shape, p.features]);
  },
  lower: (p, context) => [
    {
      className: 'Embedding',
      config: {
        inputDim: p.vocabulary,
        outputDim: p.features,
        embeddingsInitializer: context.initializer(p.initializer),
      },
      weights: ['embeddings'],
    },
  ],
  reads: {
    Embedding: (config) => {
      const refusal = refuseUnless(config, { maskZero: [false] });
      if (refusal) return err(refusal);
      if (typeof config.inputDim !== 'number' || typeof config.outputDim !== 'number') {
        return err('its sizes inputDim and outputDim are missing');
      }
      const initializer = readInitializer(config.embeddingsInitializer, 'randomUniform');
      return ok({ vocabulary: config.inputDim, features: config.outputDim, initializer });
    },
  },
  macs: null,
  formula: ([input = []], _outputs, p) => [
    {
      title: 'A word as a vector',
      lines: [
        [
          { text: `${elements(input)}`, input: true },
          ' indices → ',
          { text: `${elements(input)}`, input: true },
          ' rows of E, ',
          { text: `${p.vocabulary}`, param: 'vocabulary' },
          '×',
          { text: `${p.features}`, param: 'features' },
        ],
      ],
    },
    {
      title: 'Parameters',
      lines: [
        [
          { text: `${p.vocabulary}`, param: 'vocabulary' },
          '·',
          { text: `${p.features}`, param: 'features' },
          ' = ',
          { text: (p.vocabulary * p.features).toLocaleString('en'), result: true },
        ],
      ],
    },
  ],
  torch: (p) => ({
    module: pythonCall('nn.Embedding', [p.vocabulary, p.features]),
    call: 'm(x.long())',
    layout: 'last',
    weights: { weight: { from: 'embeddings' } },
  }),
  keras: (p) => ({ call: `${pythonCall('layers.Embedding', [p.vocabulary, p.features])}(x)` }),
  examples: (inputs, p, random, batch) =>
    inputs.map((input) => Float32Array.from({ length: batch * elements(input) }, () => random.below(p.vocabulary))),
  telling: (p) => `${p.vocabulary} words · ${p.features}`,
  cases: [
    // Keras' guide to recurrent networks: a thousand words, 64 numbers each.
    { params: { vocabulary: 1000, features: 64 }, in: [[null, 4]], out: [[null, 4, 64]], weights: 64_000 },
    { params: { vocabulary: 7, features: 3 }, in: [[null, 5]], out: [[null, 5, 3]], weights: 21 },
  ],
});
