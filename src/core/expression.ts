import jsep, { type Expression as Node } from 'jsep';
import { problem, type Problem } from './problem';
import { err, ok, type Result } from './result';

/** What an expression can come to, and what names in it can stand for. */
export type Value = number | boolean | string;
export type Names = Readonly<Record<string, Value>>;

/** A parameter's value that follows from others: `{ expr: '4*filters' }`. Parsed and walked through, never run as code. */
export interface Expression {
  readonly expr: string;
}

export const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' && value !== null && 'expr' in value && typeof value.expr === 'string';

/** Longest text that is read: a formula that one can follow is far shorter. */
const mostCharacters = 500;

const numeric: Readonly<Record<string, (a: number, b: number) => Value>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

interface MathFunction {
  /** How many arguments it takes; `many`: one or more. */
  readonly takes: number | 'many';
  readonly of: (...values: number[]) => number;
}

/** What an expression may call. Halves are rounded up, as in `(x + 0.5) // 1`. */
export const expressionFunctions: ReadonlyMap<string, MathFunction> = new Map([
  ['min', { takes: 'many', of: Math.min }],
  ['max', { takes: 'many', of: Math.max }],
  ['floor', { takes: 1, of: Math.floor }],
  ['ceil', { takes: 1, of: Math.ceil }],
  ['round', { takes: 1, of: Math.round }],
  ['abs', { takes: 1, of: Math.abs }],
  ['sqrt', { takes: 1, of: Math.sqrt }],
]);

/** Why an expression has no value; caught in `evaluate`, so that it is no exception to anyone else. */
class Refusal extends Error {}
const refuse = (why: string): never => {
  throw new Refusal(why);
};

const kindOf = (value: Value) => ({ number: 'a number', boolean: 'yes or no', string: 'a word' })[typeof value as 'number'];
const numberIn = (value: Value, by: string): number =>
  typeof value === 'number' ? value : refuse(`“${by}” takes numbers, not ${kindOf(value)}`);
const truth = (value: Value, by: string): boolean =>
  typeof value === 'boolean' ? value : refuse(`“${by}” takes yes or no (a comparison), not ${kindOf(value)}`);

function valueOf(node: Node, names: Names): Value {
  switch (node.type) {
    case 'Literal': {
      const { value } = node as jsep.Literal;
      return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
        ? value
        : refuse('it holds something that is neither number, word, true nor false');
    }
    case 'Identifier':
      return named((node as jsep.Identifier).name, names);
    case 'UnaryExpression': {
      const { operator, argument } = node as jsep.UnaryExpression;
      const value = valueOf(argument, names);
      if (operator === '!') return !truth(value, '!');
      if (operator === '-') return -numberIn(value, '-');
      if (operator === '+') return numberIn(value, '+');
      return refuse(`“${operator}” is not understood`);
    }
    case 'BinaryExpression':
      return binary(node as jsep.BinaryExpression, names);
    case 'ConditionalExpression': {
      const { test, consequent, alternate } = node as jsep.ConditionalExpression;
      return valueOf(truth(valueOf(test, names), '?') ? consequent : alternate, names);
    }
    case 'CallExpression':
      return called(node as jsep.CallExpression, names);
    case 'Compound':
      return refuse('two expressions stand side by side; an operator is missing between them');
    default:
      return refuse('only numbers, names, + - * / % **, comparisons, “a ? b : c” and functions are understood');
  }
}

function named(name: string, names: Names): Value {
  if (Object.hasOwn(names, name)) return names[name]!;
  const known = Object.keys(names);
  return refuse(`nothing here is called “${name}”; there ${known.length === 0 ? 'are no names' : `is ${known.join(', ')}`}`);
}

function binary({ operator, left, right }: jsep.BinaryExpression, names: Names): Value {
  const a = valueOf(left, names);
  if (operator === '&&') return truth(a, operator) && truth(valueOf(right, names), operator);
  if (operator === '||') return truth(a, operator) || truth(valueOf(right, names), operator);
  const b = valueOf(right, names);
  if (operator === '==' || operator === '===') return a === b;
  if (operator === '!=' || operator === '!==') return a !== b;
  const compute = numeric[operator] ?? refuse(`“${operator}” is not understood`);
  return compute(numberIn(a, operator), numberIn(b, operator));
}

function called({ callee, arguments: given }: jsep.CallExpression, names: Names): Value {
  const name = callee.type === 'Identifier' ? (callee as jsep.Identifier).name : refuse('only functions can be called');
  const known = expressionFunctions.get(name);
  if (!known) return refuse(`there is no function “${name}”; there is ${[...expressionFunctions.keys()].join(', ')}`);
  const { takes, of } = known;
  if (takes === 'many' ? given.length === 0 : given.length !== takes) {
    return refuse(`“${name}” takes ${takes === 'many' ? 'at least one number' : 'one number'}, not ${given.length}`);
  }
  return of(...given.map((each) => numberIn(valueOf(each, names), name)));
}

const trees = new Map<string, Result<Node>>();
/** Texts whose trees are kept; beyond, all are forgotten and read again. */
const mostKept = 2_000;

function treeOf(text: string): Result<Node> {
  const known = trees.get(text);
  if (known) return known;
  const read = parseTree(text);
  if (trees.size >= mostKept) trees.clear();
  trees.set(text, read);
  return read;
}

function parseTree(text: string): Result<Node> {
  if (text.length > mostCharacters) return err(`it has ${text.length} characters; at most ${mostCharacters} are read`);
  if (text.trim() === '') return err('it is empty');
  try {
    return ok(jsep(text));
  } catch (error) {
    // The parser says where: `Unclosed ( at character 9`.
    return err(error instanceof Error ? error.message.charAt(0).toLowerCase() + error.message.slice(1) : 'it cannot be read');
  }
}

/** The value of an expression's text; in words why it has none. A number that is not finite is none. */
export function evaluate(text: string, names: Names): Result<Value> {
  const tree = treeOf(text);
  if (!tree.ok) return tree;
  try {
    const value = valueOf(tree.value, names);
    return typeof value === 'number' && !Number.isFinite(value) ? err(`it comes to ${value}, which is no number to work with`) : ok(value);
  } catch (error) {
    if (error instanceof Refusal) return err(error.message);
    throw error;
  }
}

/** Whether a parameter's value holds an expression, at any depth. */
export function holdsExpression(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isExpression(value) || Object.values(value).some(holdsExpression);
}

/** A value with its expressions, at any depth, replaced by what they come to. Problems: `expression`. */
export function resolved(value: unknown, names: Names): Result<unknown, Problem> {
  if (!holdsExpression(value)) return ok(value);
  if (isExpression(value)) {
    const found = evaluate(value.expr, names);
    return found.ok ? found : err(problem('expression', `“${value.expr}” can’t be worked out: ${found.error}.`, { got: value.expr }));
  }
  const entries: [string, unknown][] = [];
  for (const [key, each] of Object.entries(value as object)) {
    const inner = resolved(each, names);
    if (!inner.ok) return inner;
    entries.push([key, inner.value]);
  }
  return ok(Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries));
}

/** Words of an expression's text, those in quotes aside: names and functions. */
const wordsOf = /"[^"]*"|'[^']*'|[A-Za-z_]\w*/g;
const isName = (word: string) => /^[A-Za-z_]/.test(word) && word !== 'true' && word !== 'false' && !expressionFunctions.has(word);

/** Names that an expression's text holds. */
export const namesIn = (text: string): ReadonlySet<string> => new Set((text.match(wordsOf) ?? []).filter(isName));

/** An expression's text with other texts, in brackets, in place of names. */
export const withTexts = (text: string, texts: ReadonlyMap<string, string>): string =>
  text.replace(wordsOf, (word) => {
    const other = isName(word) ? texts.get(word) : undefined;
    return other === undefined ? word : /^\w+$/.test(other) ? other : `(${other})`;
  });

/** A value as an expression's text has it. */
export const textOf = (value: Value | Expression): string => (isExpression(value) ? value.expr : JSON.stringify(value));

/** Each expression in a value, at any depth, replaced by what `change` makes of its text. */
export function mapExpressions(value: unknown, change: (text: string) => unknown): unknown {
  if (!holdsExpression(value)) return value;
  if (isExpression(value)) return change(value.expr);
  const entries = Object.entries(value as object).map(([key, each]) => [key, mapExpressions(each, change)] as const);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** Texts of all expressions in a value, at any depth. */
export function expressionsIn(value: unknown): readonly string[] {
  if (!holdsExpression(value)) return [];
  return isExpression(value) ? [value.expr] : Object.values(value as object).flatMap(expressionsIn);
}
