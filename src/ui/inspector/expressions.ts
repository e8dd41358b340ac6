import { evaluate, isExpression, resolved, textOf, type Expression, type Names, type Value } from '@/core/expression';
import type { Param } from '@/core/params';
import { err, ok, type Result } from '@/core/result';

const literal = (value: unknown): value is Value => ['number', 'boolean', 'string'].includes(typeof value);

/** A parameter's value as one line of text; parts of a list after commas, one text where they are alike. */
export function expressionText(value: unknown): string {
  if (isExpression(value) || literal(value)) return textOf(value);
  const parts = Array.isArray(value) ? value.map(expressionText) : [];
  return new Set(parts).size === 1 ? (parts[0] ?? '') : parts.join(', ');
}

/** Commas outside of brackets, which part a list; those inside part a function's arguments. */
function partsOf(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

/** Each part as an expression; in words which of them can't be worked out. */
function expressions(parts: readonly string[], names: Names): Result<readonly Expression[]> {
  for (const part of parts) {
    const found = evaluate(part, names);
    if (!found.ok) return err(parts.length > 1 ? `“${part}”: ${found.error}` : found.error);
  }
  return ok(parts.map((expr) => ({ expr })));
}

/**
 * The value that a line of expressions stands for, by the parameter's kind: one for each axis or the same for all; a
 * padding's name, or its size on every side. In words why it is none.
 */
export function expressionValue(param: Param, text: string, names: Names): Result<unknown> {
  const found = expressions(partsOf(text), names);
  if (!found.ok) return found;
  const [first = { expr: text }] = found.value;
  const value = shaped(param, found.value, first, names);
  if (!value.ok) return value;
  const tried = resolved(value.value, names);
  const fits = tried.ok ? param.schema.safeParse(tried.value) : null;
  if (fits?.success) return value;
  return err(tried.ok ? `it comes to ${JSON.stringify(tried.value)}, which does not fit here` : tried.error.message);
}

function shaped(param: Param, all: readonly Expression[], first: Expression, names: Names): Result<unknown> {
  const one = all.length === 1;
  switch (param.kind) {
    case 'axes':
      if (one) return ok(Array.from({ length: param.rank }, () => first));
      return all.length === param.rank ? ok(all) : err(`there are ${param.rank} axes, and ${all.length} numbers`);
    case 'sizes':
      return ok(all);
    case 'padding': {
      const found = evaluate(first.expr, names);
      if (one && found.ok && typeof found.value === 'string') return ok(first);
      if (one) return ok(Array.from({ length: param.rank }, () => [first, first]));
      return all.length === param.rank ? ok(all.map((each) => [each, each])) : err(`there are ${param.rank} axes, and ${all.length} numbers`);
    }
    default:
      return one ? ok(first) : err('one value is needed');
  }
}

/** A value with expressions for one without: the text that it begins with. */
export const asExpression = (param: Param, value: unknown, names: Names): unknown => {
  const made = expressionValue(param, expressionText(value), names);
  return made.ok ? made.value : { expr: expressionText(param.default) };
};

/** What a value's expressions come to now; the parameter's default where they come to nothing. */
export function asLiteral(param: Param, value: unknown, names: Names): unknown {
  const found = resolved(value, names);
  return found.ok ? found.value : param.default;
}

