import { z } from 'zod';
import type { Value } from '@/core/expression';
import { bool, float, int, word, type Param, type ParamDefs } from '@/core/params';
import { never } from '@/core/result';

/** Names that expressions have of themselves: the repetition, from 0 on, and how many there are. */
export const repetitionNames = ['i', 'n'] as const;

/** As Python and JavaScript spell names, so that expressions can hold them. */
const nameSchema = z
  .string()
  .regex(/^[A-Za-z_]\w{0,31}$/, 'a name of letters, digits and _ that begins with no digit')
  .refine((name) => !repetitionNames.some((taken) => taken === name), 'a name other than i and n, which count repetitions');

const common = { name: nameSchema, label: z.string().max(64).optional(), hint: z.string().max(500).optional() };

/** A parameter of a block; values are checked against its kind at every use. */
export const parameterSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('int'), ...common, default: z.int() }),
  z.object({ kind: z.literal('float'), ...common, default: z.number() }),
  z.object({ kind: z.literal('bool'), ...common, default: z.boolean() }),
  /** One of a layer's choices, by its name: `relu`. */
  z.object({ kind: z.literal('word'), ...common, default: z.string().max(64) }),
]);
export type BlockParameter = Readonly<z.infer<typeof parameterSchema>>;

/** Why a value is none of a parameter's; `null` where it is one. */
export function valueProblem({ kind }: BlockParameter, value: unknown): string | null {
  switch (kind) {
    case 'int':
      return Number.isInteger(value) ? null : 'a whole number';
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'a number';
    case 'bool':
      return typeof value === 'boolean' ? null : 'yes or no';
    case 'word':
      return typeof value === 'string' ? null : 'a word';
    default:
      return never(kind);
  }
}

/** What the parameters are where a use says nothing else. */
export const defaultValues = (params: readonly BlockParameter[]): Readonly<Record<string, Value>> =>
  Object.fromEntries(params.map((param) => [param.name, param.default]));

/** A block's parameters as declarations, like a layer's. */
export const definitionsOf = (params: readonly BlockParameter[]): ParamDefs =>
  Object.fromEntries(
    params.map((param): [string, Param] => {
      const common = { label: param.label ?? param.name, ...(param.hint !== undefined && { hint: param.hint }) };
      switch (param.kind) {
        case 'int':
          return [param.name, int({ ...common, default: param.default })];
        case 'float':
          return [param.name, float({ ...common, default: param.default })];
        case 'bool':
          return [param.name, bool({ ...common, default: param.default })];
        case 'word':
          return [param.name, word({ ...common, default: param.default })];
        default:
          return never(param);
      }
    }),
  );
