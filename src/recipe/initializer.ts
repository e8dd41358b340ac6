import {
  defaults,
  initializerSchema,
  parseParams,
  type AnyParams,
  type InitializerValue,
  type ParamDefs,
  type ParamValues,
} from '@/core/params';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { InitializerDefinition, StockInitializer } from './define';
import { initializers } from './registry';

/** Another initialiser value that makes a problem go away. */
export interface InitializerFix {
  readonly title: string;
  readonly initializer: InitializerValue;
}

export interface ParsedInitializer {
  readonly definition: InitializerDefinition;
  /** Checked, defaults filled in. */
  readonly params: ParamValues<ParamDefs>;
  /** The normal form: the bare name where all parameters are at their defaults. */
  readonly value: InitializerValue;
}

/**
 * The normal form of an initialiser: its bare name where all parameters are at their defaults, else with all of them.
 * Parameters that don't fit stay as they are.
 */
export function initializerValue(definition: InitializerDefinition, raw: AnyParams): InitializerValue {
  const { type, params: defs } = definition;
  const parsed = parseParams(defs, raw);
  if (!parsed.ok) return { type, params: raw };
  const normal = Object.entries(defaults(defs)).every(([name, value]) => parsed.value[name] === value);
  return normal ? type : { type, params: parsed.value };
}

/**
 * An initialiser's definition and checked parameters, from what a document holds.
 * Problems: `initializer.unknown`, which has no fix, since only the layer knows its default; `param.invalid`,
 * `param.unknown` and the initialiser's own.
 */
export function parseInitializer(value: unknown): Result<ParsedInitializer, readonly Problem<InitializerFix>[]> {
  const read = initializerSchema.safeParse(value);
  const { type, params: raw } = !read.success
    ? { type: JSON.stringify(value) ?? String(value), params: {} }
    : typeof read.data === 'string'
      ? { type: read.data, params: {} }
      : read.data;
  const definition = initializers.get(type);
  if (!definition) {
    const expected = [...initializers.keys()].join(', ');
    const message = `There is no initialiser “${type}”; there are ${expected}.`;
    return err([problem('initializer.unknown', message, { expected, got: type })]);
  }
  const parsed = parseParams(definition.params, raw);
  if (!parsed.ok) return err(parsed.error.map((found) => ofTheWhole(definition, raw, found)));
  const broken = definition.check?.(parsed.value);
  if (broken) return err([ofTheWhole(definition, raw, broken)]);
  return ok({ definition, params: parsed.value, value: initializerValue(definition, parsed.value) });
}

/** A problem of single parameters as one of the whole value; what is unknown is mended by leaving it out. */
function ofTheWhole(definition: InitializerDefinition, raw: AnyParams, found: Problem): Problem<InitializerFix> {
  const unknown = (found.params ?? []).filter((name) => !Object.hasOwn(definition.params, name));
  const known = Object.fromEntries(Object.entries(raw).filter(([name]) => !unknown.includes(name)));
  const fixes = unknown.length > 0 ? [{ title: `Without ${unknown.join(', ')}`, params: {} }] : (found.fixes ?? []);
  return {
    ...found,
    message: `${definition.title}: ${found.message}`,
    fixes: fixes.map((fix) => ({
      title: fix.title,
      initializer: initializerValue(definition, { ...known, ...fix.params }),
    })),
  };
}

/** How the layers format spells an initialiser that draws weights of these shapes; zeros for one that is unknown. */
export function stockInitializer(
  value: InitializerValue,
  shapes: readonly (readonly number[])[],
): StockInitializer {
  const parsed = parseInitializer(value);
  return parsed.ok
    ? parsed.value.definition.stock(parsed.value.params, shapes)
    : { className: 'Zeros', config: {} };
}
