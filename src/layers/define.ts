import type * as tfjs from '@tensorflow/tfjs';
import type { AnyParams, InitializerValue, ParamDefs, ParamValues } from '@/core/params';
import type { Problem } from '@/core/problem';
import type { RandomStream } from '@/core/random';
import type { Result } from '@/core/result';
import type { Shape } from '@/core/shape';
import type { Family } from './families';
import type { KerasCode, NoEquivalent, TorchCode } from './emit';
import type { DropValues } from './shared/masks';
import { fitsArray, sizeProblem } from './shared/size';

/** The namespace object; passed in, so that a definition runs nothing by itself. */
export type Tf = typeof tfjs;
type Tensor = tfjs.Tensor;

/** What a shape rule says: the output shapes, warnings beside them, or `null` with the reasons why there are none. */
export interface Inference {
  readonly shapes: readonly Shape[] | null;
  readonly problems: readonly Problem[];
}

export const shaped = (shape: Shape, problems: readonly Problem[] = []): Inference => ({ shapes: [shape], problems });
/** A shape rule's answer where a layer has several outputs. */
export const shapedAll = (shapes: readonly Shape[], problems: readonly Problem[] = []): Inference => ({ shapes, problems });
export const refused = (...problems: readonly Problem[]): Inference => ({ shapes: null, problems });

/** One weight of a layer; batch-free shape, in the layout of Keras. */
export interface WeightSpec {
  readonly shape: readonly number[];
  /** One of the recipe's registry. */
  readonly initializer: InitializerValue;
  /** Initialisers of equal blocks of the last axis, where they differ: the gates of a recurrent layer. */
  readonly blocks?: readonly InitializerValue[];
  readonly trainable: boolean;
  /** λ₁Σ|w| + λ₂Σw², added to the loss: Keras' `L1L2`. */
  readonly penalty?: { readonly l1: number; readonly l2: number };
}

/** One stock layer of the tfjs/Keras layers format, camelCase config as tfjs reads it. */
export interface StockLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Our weight names in the stock layer's own order. */
  readonly weights?: readonly string[];
  /** What it calls a weight whose name isn't ours: `forwardKernel` is a Bidirectional's `forward_lstm/kernel`. */
  readonly weightPaths?: Readonly<Record<string, string>>;
  /** Set on helpers beside the main one: `pad` makes `conv1_pad`. */
  readonly suffix?: string;
}

export interface LowerContext {
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  /** An initialiser as the layers format spells it, for those weights of the layer that begin by it. */
  readonly initializer: (value: InitializerValue) => {
    readonly className: string;
    readonly config: Readonly<Record<string, unknown>>;
  };
}

/** A piece of a formula: plain text, or a number that a parameter sets, or one that comes in. */
export type Term =
  string | { readonly text: string; readonly param?: string; readonly input?: true; readonly result?: true };
export interface Formula {
  /** `Output size, height`. */
  readonly title: string;
  readonly lines: readonly (readonly Term[])[];
}

/** Named input ports, or any number of alike ones; `max` bounds it, and `names` calls them by name all the same. */
export type Inputs =
  | { readonly kind: 'fixed'; readonly names: readonly string[] }
  | {
      readonly kind: 'variadic';
      readonly name: string;
      readonly min: number;
      readonly max?: number;
      readonly names?: readonly string[];
    };

/** The tensors at the input ports; a layer without inputs has no forward pass. */
export type Given = readonly [Tensor, ...Tensor[]];

/**
 * Random tensors of the layer's own stream of this step: same seed, layer and step, same numbers. Each begins the stream
 * anew. Drawn where the layer is computed, as far as it can be.
 */
export interface Draws {
  /** One of two values for each number, `dropped` with probability `rate` < 1. Default: 0, and 1/(1 − rate). */
  dropping(shape: readonly number[], rate: number, values?: DropValues): Tensor;
  /** Normal numbers of a mean and a standard deviation. */
  normal(shape: readonly number[], mean: number, deviation: number): Tensor;
}

/** What a forward pass depends on beside inputs, weights and parameters. */
export interface ForwardContext {
  readonly training: boolean;
  readonly draws: Draws;
  /** Hands out a new value of a weight that the pass itself moves; taken over when the step is. In training only. */
  update(weight: string, value: Tensor): void;
}

/**
 * Where an output looks along one spatial axis: at `reach` cells of the input, from `before` cells outside its
 * beginning on, `stride` further for the next output. Up-sampling has a stride below 1.
 */
export interface FieldStep {
  readonly reach: number;
  readonly stride: number;
  readonly before: number;
}

/** What the layer would cost in another form, as the course compares them. */
export interface Comparison {
  /** `Shared against unshared weights`. */
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: number }[];
  /** Where the comparison is from. */
  readonly reference?: string;
}

/** Shapes that a generator of code may need. */
export interface EmitContext {
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
}

/** A case that the contract test checks against tfjs; numbers by hand or from a paper. */
export interface LayerCase<P> {
  readonly params?: Partial<P>;
  readonly in: readonly Shape[];
  readonly out: readonly Shape[];
  /** Number of weight elements, trained or not. */
  readonly weights: number;
}

/** What a layer says of itself beside its rules. */
interface LayerHeader<D extends ParamDefs> {
  /** Camel case, as in documents. */
  readonly type: string;
  readonly family: Family;
  readonly title: string;
  /** One sentence, for palette, inspector and documentation. */
  readonly summary: string;
  /** Further words that find it in the search. */
  readonly keywords?: readonly string[];
  /** Single letter that adds it on the canvas. */
  readonly shortcut?: string;
  /** Paper or textbook. */
  readonly reference?: string;
  readonly params: D;
  /** Version of the parameters; a change of their meaning raises it and adds a migration. Default 1. */
  readonly version?: number;
  /** `migrations[2]` turns the parameters of version 1 into those of version 2. */
  readonly migrations?: Readonly<Record<number, (params: AnyParams) => AnyParams>>;
  /** Default: one, called `input`. */
  readonly inputs?: Inputs;
  /** `source` begins a network, `sink` ends it, a `passage` only hands on. Default `layer`. */
  readonly role?: 'source' | 'sink' | 'layer' | 'passage';
  /** In training the forward pass below stands in for the stock layer, whose own way is unfit for it. */
  readonly trainsItself?: boolean;
  /** Why numbers can't be held against PyTorch's although it has the layer: a reason, as a sentence. */
  readonly notCompared?: string;
}

/** A layer's rules over its checked parameters `P`; all pure. */
interface LayerRules<P> {
  /** Names of the output ports. Default: one, called `output`. */
  outputs?(params: P): readonly string[];
  shape(inputs: readonly Shape[], params: P): Inference;
  weights?(inputs: readonly Shape[], params: P): Readonly<Record<string, WeightSpec>>;
  /**
   * The computation, with batch. Weights by the names of `weights`; one tensor, or one per output port. Runs where tfjs
   * has no layer that says what is meant, and plain tfjs runs the same from the script that exports bring.
   * Gradients are those of the operations it is made of.
   */
  forward?(
    tf: Tf,
    inputs: Given,
    weights: Readonly<Record<string, Tensor>>,
    params: P,
    context: ForwardContext,
  ): Tensor | readonly Tensor[];
  /**
   * Stock layers that say exactly what is meant, first to last; none for markers without computation. Left out where
   * the layer is a class of its own, driven by `forward`, then its activation; where that depends, `ownStock` gives it.
   */
  lower?(params: P, context: LowerContext): readonly StockLayer[];
  /** Reads a stock layer's config back, by class name: the inverse of `lower` for files that others made. */
  readonly reads?: Readonly<Record<string, (config: AnyParams) => Result<Partial<P>>>>;
  /**
   * Multiply-adds for one example, counted as PyTorch's `flop_counter` (torchvision's published numbers) does: the
   * products of convolutions and dense layers. Biases, pooling, normalisation and activations count 0: `null`.
   */
  readonly macs: ((inputs: readonly Shape[], outputs: readonly Shape[], params: P) => number) | null;
  /** What the inspector shows, in the user's own numbers. */
  formula(inputs: readonly Shape[], outputs: readonly Shape[], params: P): readonly Formula[];
  /**
   * Where an output looks, a step for each spatial axis; `all`: at the whole input. Default: at its own place where the
   * spatial axes stay as they are, else at all of it. Araujo, Norris & Sim 2019.
   */
  field?(inputs: readonly Shape[], outputs: readonly Shape[], params: P): readonly FieldStep[] | 'all';
  compare?(inputs: readonly Shape[], outputs: readonly Shape[], params: P): readonly Comparison[];
  /** The same in PyTorch: shown in the documentation, and what the parity suite computes with. */
  torch(params: P, context: EmitContext): TorchCode | NoEquivalent;
  /** The same in Keras 3. */
  keras(params: P, context: EmitContext): KerasCode | NoEquivalent;
  /** Values for each input where not any real number will do, `batch` examples each: word indices, for one. */
  examples?(inputs: readonly Shape[], params: P, random: RandomStream, batch: number): readonly Float32Array[];
  /** The node's second line: `6 · 5×5 · pad 2`. */
  telling?(params: P): string;
  /** The node's kind where it says more than the title: `Conv 2D · ReLU`. */
  kind?(params: P): string;
  readonly cases: readonly LayerCase<P>[];
}

type LayerSpec<D extends ParamDefs> = LayerHeader<D> & LayerRules<ParamValues<D>>;

/** A layer as the registry holds it: everything filled in, its parameters' own types forgotten. */
export interface LayerDefinition
  extends Required<Omit<LayerHeader<ParamDefs>, 'shortcut' | 'reference' | 'notCompared'>>,
    Required<Omit<LayerRules<AnyParams>, 'forward' | 'lower' | 'macs' | 'field' | 'examples'>> {
  readonly shortcut: string | null;
  readonly reference: string | null;
  readonly notCompared: string | null;
  readonly forward: NonNullable<LayerRules<AnyParams>['forward']> | null;
  readonly lower: NonNullable<LayerRules<AnyParams>['lower']> | null;
  readonly field: NonNullable<LayerRules<AnyParams>['field']> | null;
  readonly examples: NonNullable<LayerRules<AnyParams>['examples']> | null;
  macs(inputs: readonly Shape[], outputs: readonly Shape[], params: AnyParams): number;
}

const weightFits = ({ shape }: WeightSpec) => fitsArray(shape);

/** A shape rule's answer, refused where an output or a weight could not be held. */
function holdable(inference: Inference, weights: () => Readonly<Record<string, WeightSpec>>): Inference {
  if (!inference.shapes) return inference;
  const all = weights();
  if (inference.shapes.every(fitsArray) && Object.values(all).every(weightFits)) return inference;
  const tooLarge = [
    ...inference.shapes.map((shape) => sizeProblem(shape, 'Its output')),
    ...Object.entries(all).map(([name, weight]) => sizeProblem([null, ...weight.shape], `Its weight “${name}”`)),
  ].filter((found) => found !== null);
  return refused(...tooLarge, ...inference.problems);
}

/**
 * Declares a layer. Palette, form, validation, shape rule, cost, topology, documentation and contract tests follow.
 * The one place where a layer's own parameter types are forgotten: values reach it only through `parseParams`.
 */
export function defineLayer<const D extends ParamDefs>(spec: LayerSpec<D>): LayerDefinition {
  const typed = (params: AnyParams) => params as ParamValues<D>;
  const weights: LayerDefinition['weights'] = (inputs, params) => spec.weights?.(inputs, typed(params)) ?? {};
  const { forward, lower, field, examples } = spec;
  return {
    keywords: [],
    version: 1,
    migrations: {},
    inputs: { kind: 'fixed', names: ['input'] },
    role: 'layer',
    trainsItself: false,
    ...spec,
    reads: spec.reads ?? {},
    shortcut: spec.shortcut ?? null,
    reference: spec.reference ?? null,
    notCompared: spec.notCompared ?? null,
    outputs: (params) => spec.outputs?.(typed(params)) ?? ['output'],
    shape: (inputs, params) => holdable(spec.shape(inputs, typed(params)), () => weights(inputs, params)),
    weights,
    forward: forward ? (tf, inputs, values, params, context) => forward(tf, inputs, values, typed(params), context) : null,
    lower: lower ? (params, context) => lower(typed(params), context) : null,
    macs: (inputs, outputs, params) => spec.macs?.(inputs, outputs, typed(params)) ?? 0,
    formula: (inputs, outputs, params) => spec.formula(inputs, outputs, typed(params)),
    field: field ? (inputs, outputs, params) => field(inputs, outputs, typed(params)) : null,
    compare: (inputs, outputs, params) => spec.compare?.(inputs, outputs, typed(params)) ?? [],
    torch: (params, context) => spec.torch(typed(params), context),
    keras: (params, context) => spec.keras(typed(params), context),
    examples: examples ? (inputs, params, random, batch) => examples(inputs, typed(params), random, batch) : null,
    telling: (params) => spec.telling?.(typed(params)) ?? '',
    kind: (params) => spec.kind?.(typed(params)) ?? spec.title,
  };
}
