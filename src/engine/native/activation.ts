import type { ActivationName } from '@/layers/shared/activations';
import { type Builder, type NativeUnit, sizeOf, type Value } from './builder';
import type { Place } from './region';

/** An activation as far as the products before it apply it themselves, and what is left to be done. */
export function fused(activation: unknown): { readonly relu: boolean; readonly rest: ActivationName } {
  const name = typeof activation === 'string' ? (activation as ActivationName) : 'linear';
  return name === 'relu' ? { relu: true, rest: 'linear' } : { relu: false, rest: name };
}

/** A unit as one with the ReLU that alone follows it, where one does: its compiler applies that too. */
export function withRelu(unit: NativeUnit, build: Builder): { readonly unit: NativeUnit; readonly relu: boolean } {
  const { type, params } = unit.follower?.layer ?? {};
  const relu = type === 'activation' && params?.activation === 'relu';
  return { unit: relu ? build.absorb(unit) : unit, relu };
}

/** An activation that keeps numbers within bounds; kernels that know those apply it themselves. */
export type Bound = 'relu' | 'relu6';

const boundOf = (activation: unknown): Bound | null =>
  activation === 'relu' || activation === 'relu6' ? activation : null;

/**
 * The bound that a unit ends with, its own activation or that of the layer which alone follows it and which it then is
 * one with, and what is left to be done.
 */
export function bounded(
  unit: NativeUnit,
  build: Builder,
): { readonly unit: NativeUnit; readonly bound: Bound | null; readonly rest: ActivationName } {
  const own = (unit.layer.params.activation ?? 'linear') as ActivationName;
  if (boundOf(own)) return { unit, bound: boundOf(own), rest: 'linear' };
  if (own !== 'linear') return { unit, bound: null, rest: own };
  const { type, params } = unit.follower?.layer ?? {};
  const bound = type === 'activation' ? boundOf(params?.activation) : null;
  return { unit: bound ? build.absorb(unit) : unit, bound, rest: 'linear' };
}

/** A function of each number, as the kernels know it. ELU is scale·x above 0, scale·alpha·(eˣ − 1) below. */
export interface Mapping {
  readonly kind: (typeof KINDS)[number];
  readonly alpha?: number;
  readonly scale?: number;
}

/** In the order of the kernels' numbers: `RELU` … in kernels/elementwise.h. */
const KINDS = [
  'relu', 'relu6', 'elu', 'leaky', 'sigmoid', 'tanh', 'softplus',
  'gelu', 'geluTanh', 'swish', 'hardSwish', 'mish', 'softsign', 'hardSigmoid',
] as const;

/** Whether the derivative is computed from the output. */
const isByOutput = (kind: Mapping['kind']) => KINDS.indexOf(kind) < KINDS.indexOf('gelu');

/** Klambauer, Unterthiner, Mayr & Hochreiter 2017, "Self-normalizing neural networks", eq. 2. */
const SELU: Mapping = { kind: 'elu', alpha: 1.6732632423543772, scale: 1.0507009873554805 };

type MappingName = Exclude<ActivationName, 'linear' | 'softmax' | 'logSoftmax'>;
const mappingOf = (name: MappingName): Mapping => (name === 'selu' ? SELU : { kind: name });

const wordsOf = ({ kind, alpha = 1, scale = 1 }: Mapping) =>
  [KINDS.indexOf(kind), { float: alpha }, { float: scale }] as const;

/** gradient ·= f′ in place; `known` are the outputs or the inputs of f. */
export function emitSlope(build: Builder, mapping: Mapping, known: Place, gradient: Place, floats: number): void {
  if (mapping.kind === 'relu') build.emit('relu_gradient', known, gradient, floats);
  else build.emit('activate_gradient', known, gradient, floats, ...wordsOf(mapping));
}

/** Losses are computed from what comes before where each example is one vector: it has to stay. */
const isRead = ({ shape }: Value) => shape.length === 2;

/** What takes the place of `x` once it may be overwritten; `null` where it must not be. */
type InPlace = (x: Value) => Value | null;

/** y = f(x), in the place that `inPlace` gives where x is not needed any more. */
export function mapped(unit: NativeUnit, build: Builder, x: Value, mapping: Mapping, inPlace: InPlace): Value {
  const floats = sizeOf(x.shape);
  const byOutput = isByOutput(mapping.kind);
  const isLogits = mapping.kind === 'sigmoid' && isRead(x);
  const keepsInput = isLogits || (build.training && !byOutput);
  const y = (keepsInput ? null : inPlace(x)) ?? build.value(unit, x.shape);
  build.emit('activate', x.place, y.place, floats, ...wordsOf(mapping));
  build.readsBack(byOutput ? y : x);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    emitSlope(build, mapping, (byOutput ? y : x).place, dy, floats);
    if (y.slope !== x.slope) build.giveGradient(x, dy);
  });
  return isLogits ? { ...y, logits: { of: 'sigmoid', value: x } } : y;
}

/** Softmax over the last axis, or its logarithm. */
function overLastAxis(unit: NativeUnit, build: Builder, x: Value, logarithm: boolean, inPlace: InPlace): Value {
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape) / columns;
  const name = logarithm ? 'log_softmax' : 'softmax';
  const y = (!logarithm && isRead(x) ? null : inPlace(x)) ?? build.value(unit, x.shape);
  build.emit(name, x.place, y.place, rows, columns);
  build.readsBack(y);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    build.emit(`${name}_gradient`, y.place, dy, rows, columns);
    if (y.slope !== x.slope) build.giveGradient(x, dy);
  });
  if (!isRead(x)) return y;
  // Log-softmax changes nothing the second time, so its outputs are logits too.
  return { ...y, logits: { of: 'softmax', value: logarithm ? y : x } };
}

function activated(unit: NativeUnit, build: Builder, x: Value, name: ActivationName, inPlace: InPlace): Value {
  if (name === 'linear') return x;
  if (name === 'softmax' || name === 'logSoftmax') return overLastAxis(unit, build, x, name === 'logSoftmax', inPlace);
  return mapped(unit, build, x, mappingOf(name), inPlace);
}

/** A value after an activation; `z` is the unit's own and nobody else's, so that it becomes what comes out. */
export const throughActivation = (unit: NativeUnit, build: Builder, z: Value, activation: ActivationName): Value =>
  activated(unit, build, z, activation, () => z);

/** An input of a unit after an activation. */
export const activatedInput = (unit: NativeUnit, build: Builder, x: Value, activation: ActivationName): Value =>
  activation === 'linear' ? build.reshaped(unit, x, x.shape) : activated(unit, build, x, activation, () => build.inPlace(unit));
