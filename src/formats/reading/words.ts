import type { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  undefined: 'nothing',
};
const kindText = (kind: string) => kinds[kind] ?? kind;

function kindOf(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is an object';
  const text = JSON.stringify(value);
  return `is ${text.length > 40 ? `${text.slice(0, 39)}…` : text}`;
}

/** `nodes[3].position.x`, with the node's own id where it has one. */
function pathText(path: readonly PropertyKey[], root: unknown): string {
  let text = '';
  let at: unknown = root;
  for (const key of path) {
    text += typeof key === 'number' ? `[${key}]` : `${text && '.'}${String(key)}`;
    at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined;
    const id = typeof at === 'object' && at !== null && 'id' in at ? at.id : undefined;
    if (typeof key === 'number' && typeof id === 'string') text += ` (“${id.slice(0, 40)}”)`;
  }
  return text || 'the whole';
}

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    root,
  );

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kindText(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
    case 'too_big': {
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
      return `may be at most ${String(issue.maximum)}${unit}`;
    }
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_format':
      return `must be ${issue.message.replace(/^Invalid string: /, '')}`;
    default:
      return `is not right: ${issue.message}`;
  }
}

/** What a schema found, as a sentence each: `nodes[3] (“conv1”).position.x must be a number; it is "far"`. */
export function issuesInWords(error: z.core.$ZodError, root: unknown): readonly string[] {
  return error.issues.map(
    (issue) => `${pathText(issue.path, root)} ${wanted(issue)}; it ${kindOf(valueAt(root, issue.path))}`,
  );
}
