import { z } from 'zod';
import { err, ok, type Result } from './result';
import { problem, type Problem } from './problem';
import type { Rank } from './shape';
import { eitherOf } from './words';

/**
 * Parameter kinds. One declaration gives the default, the check, the form control, the documentation
 * and the JSON Schema of a parameter.
 */
interface Common<T> {
  readonly label: string;
  /** One sentence under the field. */
  readonly hint?: string;
  readonly default: T;
  /** Folded away under “More” in forms. */
  readonly advanced?: true;
}
interface Checked<T> extends Common<T> {
  readonly schema: z.ZodType<T>;
}
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface IntParam extends Checked<number>, Bounds {
  readonly kind: 'int';
}
export interface FloatParam extends Checked<number>, Bounds {
  readonly kind: 'float';
}
export interface BoolParam extends Checked<boolean> {
  readonly kind: 'bool';
}
export interface Option<T extends string = string> {
  readonly value: T;
  readonly label: string;
}
export interface ChoiceParam<T extends string = string> extends Checked<T> {
  readonly kind: 'choice';
  readonly options: readonly Option<T>[];
}
/** One whole number per spatial axis: `[steps]`, `[height, width]` or `[depth, height, width]`. */
export interface AxesParam extends Checked<readonly number[]>, Bounds {
  readonly kind: 'axes';
  readonly rank: Rank;
}
/** What stands before and after one axis: `[top, bottom]` of the height. */
export type Pair = readonly [before: number, after: number];
/** `valid`, `same` (as TensorFlow splits it), `causal` (all before the first step), or numbers: a pair per axis. */
export type Padding = 'valid' | 'same' | 'causal' | readonly Pair[];
export interface PaddingParam extends Checked<Padding> {
  readonly kind: 'padding';
  readonly rank: Rank;
  /** Whether numbers per side are allowed beside the names. */
  readonly numeric: boolean;
  readonly causal: boolean;
}
/** Sizes of one example, batch left out: `[28, 28, 1]`; or another short list of whole numbers from 1 on. */
export interface SizesParam extends Checked<readonly number[]> {
  readonly kind: 'sizes';
  /** Whether one of them may be −1: what is left over. */
  readonly rest: boolean;
  /** What an entry is called where it is not the size of an axis: `part`. */
  readonly entry: string | null;
}
/**
 * An initialiser: by its name alone with all parameters at their defaults, which is the normal form, or with
 * parameters of its own, `{ type: 'constant', params: { value: 0.1 } }`. The recipe's registry knows which there are.
 */
export type InitializerValue = string | { readonly type: string; readonly params: AnyParams };
export interface InitializerParam extends Checked<InitializerValue> {
  readonly kind: 'initializer';
}
/** The name of a loss, or `recipe` for the recipe's own; the recipe's registry knows which there are. */
export interface LossParam extends Checked<string> {
  readonly kind: 'loss';
}
/** A short text: of a block's parameter that stands for a layer's choice, `relu`. */
export interface WordParam extends Checked<string> {
  readonly kind: 'word';
}

export type Param =
  | IntParam
  | FloatParam
  | BoolParam
  | ChoiceParam
  | AxesParam
  | PaddingParam
  | SizesParam
  | InitializerParam
  | LossParam
  | WordParam;
export type ParamDefs = Readonly<Record<string, Param>>;
export type ParamValues<D extends ParamDefs> = {
  readonly [K in keyof D]: D[K] extends { readonly schema: z.ZodType<infer T> } ? T : never;
};
/** Parameters whose declaration is not known here, as a document or a plan holds them. */
export type AnyParams = Readonly<Record<string, unknown>>;

function bounded(schema: z.ZodNumber, { min, max }: Bounds): z.ZodNumber {
  const atLeast = min === undefined ? schema : schema.min(min);
  return max === undefined ? atLeast : atLeast.max(max);
}

export const int = (p: Common<number> & Bounds): IntParam => ({ kind: 'int', ...p, schema: bounded(z.int(), p) });

export const float = (p: Common<number> & Bounds): FloatParam => ({
  kind: 'float',
  ...p,
  schema: bounded(z.number(), p),
});

export const bool = (p: Common<boolean>): BoolParam => ({ kind: 'bool', ...p, schema: z.boolean() });

export const choice = <const T extends string>(
  p: Common<NoInfer<T>> & { readonly options: readonly Option<T>[] },
): ChoiceParam<T> => ({ kind: 'choice', ...p, schema: z.enum(p.options.map((option) => option.value)) });

export const axes = (p: Common<readonly number[]> & Bounds & { readonly rank: Rank }): AxesParam => ({
  kind: 'axes',
  ...p,
  schema: z
    .array(bounded(z.int(), p))
    .length(p.rank, `expected ${p.rank} whole ${p.rank === 1 ? 'number' : 'numbers'} in brackets, one per axis`)
    .readonly(),
});

// Zod passes over the union's own words where a branch fails without aborting.
const side = z.int().min(0, { abort: true });
const sides: z.ZodType<Pair> = z.tuple([side, side]).readonly();

/** Why something is no padding, in words. */
function noPadding(got: unknown, rank: Rank, names: readonly string[], numeric: boolean): string {
  const numbers = Array.isArray(got) ? got.flat().filter((n) => typeof n === 'number') : [];
  const negative = numbers.find((n) => n < 0);
  const fraction = numbers.find((n) => !Number.isInteger(n));
  if (numeric && negative !== undefined) return `${negative} is negative, and padding can only add`;
  if (numeric && fraction !== undefined) return `${fraction} is not a whole number`;
  const pairs = rank === 1 ? 'one [before, after]' : `${rank} pairs [before, after], one per axis`;
  return `expected ${eitherOf([...names.map((name) => `“${name}”`), ...(numeric ? [pairs] : [])])}`;
}

interface PaddingSpec extends Common<Padding> {
  readonly rank: Rank;
  /** Default: true. */
  readonly numeric?: boolean;
  /** Only where there is an order in time: rank 1. Default: false. */
  readonly causal?: boolean;
}

export const padding = ({ numeric = true, causal = false, ...p }: PaddingSpec): PaddingParam => {
  const names = causal ? (['valid', 'same', 'causal'] as const) : (['valid', 'same'] as const);
  const words = { error: ({ input }: { readonly input: unknown }) => noPadding(input, p.rank, names, numeric) };
  const named = z.enum(names, words);
  const schema: z.ZodType<Padding> = numeric
    ? z.union([named, z.array(sides).length(p.rank, { abort: true }).readonly()], words)
    : named;
  return { kind: 'padding', ...p, numeric, causal, schema };
};

interface SizesSpec extends Common<readonly number[]> {
  readonly maxRank: number;
  /** Default: false. */
  readonly rest?: boolean;
  /** Default: an axis. */
  readonly entry?: string;
}

export const sizes = ({ maxRank, rest = false, entry, ...p }: SizesSpec): SizesParam => {
  const listOf = (size: z.ZodType<number>) => z.array(size).min(1).max(maxRank).readonly();
  const whole = z.int().min(1);
  const withRest = listOf(z.union([whole, z.literal(-1)])).refine(
    (list) => list.filter((size) => size === -1).length <= 1,
    'only one size can be −1, the rest',
  );
  return { kind: 'sizes', ...p, rest, entry: entry ?? null, schema: rest ? withRest : listOf(whole) };
};

export const initializerSchema: z.ZodType<InitializerValue> = z.union([
  z.string().min(1),
  z.strictObject({ type: z.string().min(1), params: z.record(z.string(), z.unknown()).default({}) }),
]);
export const initializer = (p: Common<InitializerValue>): InitializerParam => ({
  kind: 'initializer',
  ...p,
  schema: initializerSchema,
});

export const loss = (p: Omit<Common<string>, 'default'>): LossParam => ({
  kind: 'loss',
  ...p,
  default: 'recipe',
  schema: z.string().min(1),
});

export const word = (p: Common<string>): WordParam => ({ kind: 'word', ...p, schema: z.string().min(1).max(64) });

export function defaults<D extends ParamDefs>(defs: D): ParamValues<D> {
  return Object.fromEntries(Object.entries(defs).map(([name, param]) => [name, param.default])) as ParamValues<D>;
}

function describe(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** Checks untrusted values against their declarations; a missing one takes its default. */
export function parseParams<D extends ParamDefs>(defs: D, raw: AnyParams): Result<ParamValues<D>, readonly Problem[]> {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, param] of Object.entries(defs)) {
    if (!Object.hasOwn(raw, name) || raw[name] === undefined) {
      values[name] = param.default;
      continue;
    }
    const parsed = param.schema.safeParse(raw[name]);
    if (parsed.success) {
      values[name] = parsed.data;
    } else {
      const expected = parsed.error.issues[0]?.message ?? 'another value';
      problems.push(
        problem('param.invalid', `${param.label} can’t be ${describe(raw[name])}: ${expected}.`, {
          expected,
          got: describe(raw[name]),
          params: [name],
          fixes: [{ title: `${param.label} ${describe(param.default)}`, params: { [name]: param.default } }],
        }),
      );
    }
  }
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(defs, name)) {
      problems.push(
        problem('param.unknown', `There is no parameter “${name}” here; it has ${Object.keys(defs).join(', ') || 'none'}.`, {
          params: [name],
        }),
      );
    }
  }
  return problems.length > 0 ? err(problems) : ok(values as ParamValues<D>);
}
