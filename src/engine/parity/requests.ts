import { type DrawnLayer, drawVariety, withDefaults } from '@/compiler/testing/drawLayer';
import type { AnyParams } from '@/core/params';
import { hash32, randomStream } from '@/core/random';
import { elements, type Shape, withoutBatch } from '@/core/shape';
import type { LayerDefinition } from '@/layers/define';
import type { TorchCode } from '@/layers/emit';
import type { Formula } from './values';

/** Numbers of a tensor: by a formula that both sides know, or, where not any numbers will do, themselves. */
export type Numbers = Formula | { readonly values: readonly number[] };

export interface WeightRequest extends Formula {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** One layer on one set of shapes: all that another framework needs to compute the same. */
export interface ParityCase {
  readonly type: string;
  readonly params: AnyParams;
  /** Sizes of one example at each port. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly batch: number;
  readonly torch: TorchCode | null;
  readonly given: readonly Numbers[];
  readonly weights: readonly WeightRequest[];
  /** What the outputs are weighed with in the sum whose gradients are compared. */
  readonly outputWeights: readonly Formula[];
}

/** A layer's cases, or why there is nothing to compare. */
export interface ParityRequest {
  readonly type: string;
  readonly reason: string | null;
  readonly cases: readonly ParityCase[];
}

/** Batch norm's gradients vanish for two examples of one number each. */
const BATCH = 3;
/** A declared case beyond this is one of a paper's sizes; its smaller ones prove the same in less time. */
const MOST_MACS = 2e6;
const MOST_ELEMENTS = 4000;

/** The formula's seed of a tensor; unsigned. */
const seedOf = (...words: readonly (string | number)[]): number => hash32(words.join('/'));

/** Everything about one case that both sides must know. */
export function parityCase(
  definition: LayerDefinition,
  params: AnyParams,
  inputs: readonly Shape[],
  outputs: readonly Shape[],
  seed: number,
): ParityCase {
  const { type } = definition;
  const code = definition.torch(params, { inputs, outputs });
  const given = definition.examples?.(inputs, params, randomStream(seed, `parity/${type}`), BATCH);
  const numbers = (i: number): Numbers => {
    const values = given?.[i];
    return values ? { values: [...values] } : { seed: seedOf(type, seed, 'input', i), offset: 0, scale: 2 };
  };
  return {
    type,
    params,
    inputs: inputs.map(withoutBatch),
    outputs: outputs.map(withoutBatch),
    batch: BATCH,
    torch: 'none' in code ? null : code,
    given: inputs.map((_, i) => numbers(i)),
    weights: Object.entries(definition.weights(inputs, params)).map(([name, { shape, initializer, trainable }]) => ({
      name,
      shape,
      trainable,
      seed: seedOf(type, seed, name),
      // What begins at one, scales and variances, stays above zero.
      offset: initializer === 'ones' ? 1 : 0,
      scale: 0.5,
    })),
    outputWeights: outputs.map((_, i) => ({ seed: seedOf(type, seed, 'output', i), offset: 0, scale: 1 })),
  };
}

/** Why a layer is not held against PyTorch; `null` where it is. */
export function reasonOf(definition: LayerDefinition, params: AnyParams, inputs: readonly Shape[]): string | null {
  if (definition.role !== 'layer') return 'It computes nothing: examples enter or leave here.';
  if (definition.notCompared !== null) return definition.notCompared;
  const code = definition.torch(params, { inputs, outputs: definition.shape(inputs, params).shapes ?? [] });
  return 'none' in code ? code.none : null;
}

interface Wanted {
  readonly least?: number;
  readonly most?: number;
  /** Only such as PyTorch has, where parameters decide. */
  readonly inTorch?: boolean;
}

/** Random cases of a layer from a seed, as varied as its parameters allow. */
export function randomCases(
  definition: LayerDefinition,
  seed: number,
  { inTorch = false, ...bounds }: Wanted = {},
): readonly ParityCase[] {
  const fits = ({ params, inputs, outputs }: DrawnLayer) =>
    !inTorch || !('none' in definition.torch(params, { inputs, outputs }));
  const random = randomStream(seed, `parity/draw/${definition.type}`);
  return drawVariety(definition, random, { ...bounds, fits }).map((it, i) =>
    parityCase(definition, it.params, it.inputs, it.outputs, seed + i),
  );
}

/** The declared cases of a layer that are not too large to compute in a test. */
export function declaredCases(definition: LayerDefinition, seed: number): readonly ParityCase[] {
  const small = definition.cases.filter((it) => {
    const params = withDefaults(definition, it.params);
    const size = [...it.in, ...it.out].reduce((sum, shape) => sum + elements(shape), it.weights);
    return definition.macs(it.in, it.out, params) <= MOST_MACS && size <= MOST_ELEMENTS;
  });
  return small.map((it, i) =>
    parityCase(definition, withDefaults(definition, it.params), it.in, it.out, seed + 1000 + i),
  );
}

/** The seed of the cases that are recorded. */
export const RECORDED_SEED = 1;

/** What is recorded for a layer: its declared cases and random ones, without those that PyTorch has nothing for. */
export function parityRequest(definition: LayerDefinition, seed = RECORDED_SEED): ParityRequest {
  const { type } = definition;
  if (definition.role !== 'layer' || definition.notCompared !== null) {
    return { type, reason: reasonOf(definition, {}, []), cases: [] };
  }
  const all = [...declaredCases(definition, seed), ...randomCases(definition, seed, { inTorch: true })];
  const cases = all.filter(({ torch }) => torch !== null);
  const [first] = definition.cases;
  if (cases.length > 0) return { type, reason: null, cases };
  const reason = first && reasonOf(definition, withDefaults(definition, first.params), first.in);
  return { type, reason: reason ?? 'It declares no case.', cases };
}

/** What tells a recording of one case from a recording of another. */
export const fingerprint = (request: ParityCase): string => hexHash(JSON.stringify(request));

export const hexHash = (text: string): string => hash32(text).toString(16).padStart(8, '0');
