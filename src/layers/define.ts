import type { AnyParams, InitializerValue, ParamDefs, ParamValues } from '@/core/params';
import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { Shape } from '@/core/shape';
import type { Family } from './families';
import { sizeProblem } from './shared/size';

/** What a shape rule says: the output shapes, warnings beside them, or `null` with the reasons why there are none. */
export interface Inference {
  readonly shapes: readonly Shape[] | null;
  readonly problems: readonly Problem[];
}

export const shaped = (shape: Shape, problems: readonly Problem[] = []): Inference => ({ shapes: [shape], problems });
export const refused = (...problems: readonly Problem[]): Inference => ({ shapes: null, problems });

/** One weight of a layer; batch-free shape, in the layout of Keras. */
export interface WeightSpec {
  readonly shape: readonly number[];
  /** One of the recipe's registry. */
  readonly initializer: InitializerValue;
  readonly trainable: boolean;
}

/** One stock layer of the tfjs/Keras layers format, camelCase config as tfjs reads it. */
export interface StockLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Our weight names in the stock layer's own order. */
  readonly weights?: readonly string[];
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

/** Named input ports, or any number of alike ones. */
export type Inputs =
  | { readonly kind: 'fixed'; readonly names: readonly string[] }
  | { readonly kind: 'variadic'; readonly name: string; readonly min: number };

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
  /** Default: one, called `output`. */
  readonly outputs?: readonly string[];
  /** `source` begins a network, `sink` ends it. Default `layer`. */
  readonly role?: 'source' | 'sink' | 'layer';
}

/** A layer's rules over its checked parameters `P`; all pure. */
interface LayerRules<P> {
  shape(inputs: readonly Shape[], params: P): Inference;
  weights?(inputs: readonly Shape[], params: P): Readonly<Record<string, WeightSpec>>;
  /** Stock layers that say exactly what is meant, first to last; none for markers without computation. */
  lower(params: P, context: LowerContext): readonly StockLayer[];
  /** Reads a stock layer's config back, by class name: the inverse of `lower` for files that others made. */
  readonly reads?: Readonly<Record<string, (config: AnyParams) => Result<Partial<P>>>>;
  /**
   * Multiply-adds for one example, counted as PyTorch's `flop_counter` (torchvision's published numbers) does: the
   * products of convolutions and dense layers. Biases, pooling, normalisation and activations count 0.
   */
  macs?(inputs: readonly Shape[], outputs: readonly Shape[], params: P): number;
  /** What the inspector shows, in the user's own numbers. */
  formula?(inputs: readonly Shape[], outputs: readonly Shape[], params: P): readonly Formula[];
  /** The node's second line: `6 · 5×5 · pad 2`. */
  telling?(params: P): string;
  /** The node's kind where it says more than the title: `Conv 2D · ReLU`. */
  kind?(params: P): string;
  readonly cases: readonly LayerCase<P>[];
}

type LayerSpec<D extends ParamDefs> = LayerHeader<D> & LayerRules<ParamValues<D>>;

/** A layer as the registry holds it: everything filled in, its parameters' own types forgotten. */
export interface LayerDefinition
  extends Required<Omit<LayerHeader<ParamDefs>, 'shortcut' | 'reference'>>,
    Required<LayerRules<AnyParams>> {
  readonly shortcut: string | null;
  readonly reference: string | null;
}

/** A shape rule's answer, refused where an output or a weight could not be held. */
function holdable(inference: Inference, weights: () => Readonly<Record<string, WeightSpec>>): Inference {
  if (!inference.shapes) return inference;
  const tooLarge = [
    ...inference.shapes.map((shape) => sizeProblem(shape, 'Its output')),
    ...Object.entries(weights()).map(([name, weight]) => sizeProblem([null, ...weight.shape], `Its weight “${name}”`)),
  ].filter((found) => found !== null);
  return tooLarge.length > 0 ? refused(...tooLarge, ...inference.problems) : inference;
}

/**
 * Declares a layer. Palette, form, validation, shape rule, cost, topology and contract tests follow from it.
 * The one place where a layer's own parameter types are forgotten: values reach it only through `parseParams`.
 */
export function defineLayer<const D extends ParamDefs>(spec: LayerSpec<D>): LayerDefinition {
  const typed = (params: AnyParams) => params as ParamValues<D>;
  const weights: LayerDefinition['weights'] = (inputs, params) => spec.weights?.(inputs, typed(params)) ?? {};
  return {
    keywords: [],
    version: 1,
    migrations: {},
    inputs: { kind: 'fixed', names: ['input'] },
    outputs: ['output'],
    role: 'layer',
    reads: {},
    ...spec,
    shortcut: spec.shortcut ?? null,
    reference: spec.reference ?? null,
    shape: (inputs, params) => holdable(spec.shape(inputs, typed(params)), () => weights(inputs, params)),
    weights,
    lower: (params, context) => spec.lower(typed(params), context),
    macs: (inputs, outputs, params) => spec.macs?.(inputs, outputs, typed(params)) ?? 0,
    formula: (inputs, outputs, params) => spec.formula?.(inputs, outputs, typed(params)) ?? [],
    telling: (params) => spec.telling?.(typed(params)) ?? '',
    kind: (params) => spec.kind?.(typed(params)) ?? spec.title,
  };
}
