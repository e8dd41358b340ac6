import type * as tfjs from '@tensorflow/tfjs';
import { bool, choice, initializer, int, type ParamValues } from '@/core/params';
import type { Shape } from '@/core/shape';
import { type Inference, refused, shaped, type Tf, type WeightSpec } from '../define';
import { sequenceProblem, stepsAndFeatures } from './sequences';
import { sizeProblem } from './size';

type Tensor = tfjs.Tensor;

/** What recurrent kernels begin with where nothing else is said. */
export const RECURRENT_INITIALIZER = 'orthogonal';

/** Parameters that every recurrent layer has. */
export const recurrentParams = {
  units: int({ label: 'Units', min: 1, max: 65536, default: 32 }),
  returnSequences: bool({
    label: 'Whole sequence',
    hint: 'Gives the output of every step; else that of the last step alone.',
    default: false,
  }),
  direction: choice({
    label: 'Direction',
    hint: 'Backward begins at the last step and gives its outputs in that order.',
    default: 'forward',
    options: [
      { value: 'forward', label: 'Forward' },
      { value: 'backward', label: 'Backward' },
      { value: 'both', label: 'Both (bidirectional)' },
    ],
  }),
  merge: choice({
    label: 'Merge',
    hint: 'What becomes of the outputs of both directions.',
    advanced: true,
    default: 'concat',
    options: [
      { value: 'concat', label: 'Concatenate' },
      { value: 'sum', label: 'Sum' },
      { value: 'average', label: 'Average' },
    ],
  }),
  cellActivation: choice({
    label: 'Activation',
    advanced: true,
    default: 'tanh',
    options: [
      { value: 'tanh', label: 'Tanh' },
      { value: 'relu', label: 'ReLU' },
    ],
  }),
  bias: bool({ label: 'Bias', advanced: true, default: true }),
  initializer: initializer({ label: 'Initialiser', advanced: true, default: 'glorotUniform' }),
  recurrentInitializer: initializer({ label: 'Recurrent initialiser', advanced: true, default: RECURRENT_INITIALIZER }),
};
export type RecurrentParams = ParamValues<typeof recurrentParams>;

/** What squashes the gates of LSTM and GRU. */
export const gateActivation = choice({
  label: 'Gates’ activation',
  advanced: true,
  default: 'sigmoid',
  options: [
    { value: 'sigmoid', label: 'Sigmoid' },
    { value: 'hardSigmoid', label: 'Hard sigmoid' },
  ],
});
export type GateActivation = ParamValues<{ readonly gate: typeof gateActivation }>['gate'];

/** Weights of one direction by their names there: `kernel`, `recurrentKernel`, `bias`. */
export type DirectionWeights = Readonly<Record<string, Tensor>>;

/** A cell made ready for a pass. States are [batch, units]; the first is the output. */
export interface ReadyCell {
  /** Added to the input's projection, for all steps at once. */
  readonly bias?: Tensor | undefined;
  /** New states from the step's projected input [batch, gates·units] and the states before. */
  step(input: Tensor, states: readonly Tensor[]): readonly Tensor[];
}

/** A recurrent cell over its layer's parameters. */
export interface Cell<P extends RecurrentParams> {
  /** Blocks of `units` columns that the kernels have. */
  readonly gates: number;
  /** Number of states that a step hands to the next. */
  readonly states: number;
  /** Shape of the bias, where it is not one number per column. */
  biasShape?(params: P): readonly number[];
  /** Initialisers of the bias by equal blocks, where they differ. */
  biasBlocks?(params: P): readonly string[] | undefined;
  ready(tf: Tf, weights: DirectionWeights, params: P): ReadyCell;
}

export const directionsOf = ({ direction }: RecurrentParams): number => (direction === 'both' ? 2 : 1);

/** Weights' names in front of those of one direction: none where there is but one. */
const prefixes = (p: RecurrentParams): readonly string[] => (p.direction === 'both' ? ['forward', 'backward'] : ['']);

const prefixed = (prefix: string, name: string) =>
  prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1);

/** Names of a direction's weights, in Keras' order. */
const namesOf = (p: RecurrentParams): readonly string[] =>
  p.bias ? ['kernel', 'recurrentKernel', 'bias'] : ['kernel', 'recurrentKernel'];

/** Every weight: its direction, its name there, and its name here, `forwardKernel`. */
export const weightNames = (
  p: RecurrentParams,
): readonly { readonly prefix: string; readonly name: string; readonly own: string }[] =>
  prefixes(p).flatMap((prefix) => namesOf(p).map((name) => ({ prefix, name, own: prefixed(prefix, name) })));

/** Numbers per step that come out. */
export const outputFeatures = (p: RecurrentParams): number =>
  p.direction === 'both' && p.merge === 'concat' ? 2 * p.units : p.units;

/** @param gates blocks of `units` columns that the kernels have. */
export function recurrentShape([input = []]: readonly Shape[], p: RecurrentParams, gates: number): Inference {
  const wrong = sequenceProblem(input);
  if (wrong) return refused(wrong);
  const [steps] = stepsAndFeatures(input);
  const tooMany = sizeProblem([null, steps, gates * p.units], 'The products of all steps');
  if (tooMany) return refused(tooMany);
  return shaped(p.returnSequences ? [null, steps, outputFeatures(p)] : [null, outputFeatures(p)]);
}

export function recurrentWeights<P extends RecurrentParams>(
  [input = []]: readonly Shape[],
  p: P,
  cell: Cell<P>,
): Readonly<Record<string, WeightSpec>> {
  const [, features] = stepsAndFeatures(input);
  const columns = cell.gates * p.units;
  const blocks = cell.biasBlocks?.(p);
  const specs: Readonly<Record<string, WeightSpec>> = {
    kernel: { shape: [features, columns], initializer: p.initializer, trainable: true },
    recurrentKernel: { shape: [p.units, columns], initializer: p.recurrentInitializer, trainable: true },
    bias: {
      shape: cell.biasShape?.(p) ?? [columns],
      initializer: 'zeros',
      trainable: true,
      ...(blocks && { blocks }),
    },
  };
  return Object.fromEntries(
    weightNames(p).flatMap(({ name, own }) => {
      const spec = specs[name];
      return spec ? [[own, spec] as const] : [];
    }),
  );
}

/** Products with both kernels, at every step: (features + units)·gates·units. */
export function recurrentMacs(input: Shape, p: RecurrentParams, gates: number): number {
  const [steps, features] = stepsAndFeatures(input);
  return directionsOf(p) * steps * (features + p.units) * gates * p.units;
}

/**
 * Runs a cell over the steps of x [batch, steps, features]. The input's products for all steps are one; only the
 * states' products have to wait for each other.
 */
export function runRecurrent<P extends RecurrentParams>(
  tf: Tf,
  x: Tensor,
  weights: Readonly<Record<string, Tensor>>,
  p: P,
  cell: Cell<P>,
): Tensor {
  const [batch = 1, steps = 1, features = 1] = x.shape;
  // Steps first: each is then one piece of memory.
  const rows = tf.reshape(tf.transpose(x, [1, 0, 2]), [steps * batch, features]);
  const run = (prefix: string): Tensor => {
    const own: DirectionWeights = Object.fromEntries(
      namesOf(p).flatMap((name) => {
        const weight = weights[prefixed(prefix, name)];
        return weight ? [[name, weight] as const] : [];
      }),
    );
    const { bias, step } = cell.ready(tf, own, p);
    const products = tf.matMul(rows, own.kernel as tfjs.Tensor2D);
    const projected = bias ? tf.add(products, bias) : products;
    const inOrder = tf.unstack(tf.reshape(projected, [steps, batch, cell.gates * p.units]));
    // A copy: the gradient tape holds on to the list itself.
    const inputs = prefix === 'backward' || p.direction === 'backward' ? inOrder.toReversed() : inOrder;
    let states: readonly Tensor[] = Array.from({ length: cell.states }, () => tf.zeros([batch, p.units]));
    const outputs = inputs.map((input) => {
      states = step(input, states);
      return states[0]!;
    });
    if (!p.returnSequences) return outputs.at(-1)!;
    // Beside the forward outputs each stands at its own step again.
    return tf.transpose(tf.stack(prefix === 'backward' ? outputs.toReversed() : outputs), [1, 0, 2]);
  };
  const [first = '', second] = prefixes(p);
  const forward = run(first);
  if (second === undefined) return forward;
  const backward = run(second);
  if (p.merge === 'concat') return tf.concat([forward, backward], -1);
  const sum = tf.add(forward, backward);
  return p.merge === 'sum' ? sum : tf.mul(sum, 0.5);
}

export const cellActivationOf =
  (tf: Tf, { cellActivation }: RecurrentParams) =>
  (x: Tensor): Tensor =>
    cellActivation === 'relu' ? tf.relu(x) : tf.tanh(x);

/** The hard sigmoid is that of tfjs and Keras 2: min(max(0, 0.2·x + 0.5), 1). */
export const gateOf =
  (tf: Tf, gate: GateActivation) =>
  (x: Tensor): Tensor =>
    gate === 'hardSigmoid' ? tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1) : tf.sigmoid(x);
