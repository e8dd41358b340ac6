import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { limits, sizeText } from './limits';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Depth of the deepest bracket, strings left out. One pass, no recursion; stops once `most` is passed. */
function depthOf(text: string, most: number): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length && deepest <= most; i += 1) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) {
      quoted = true;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
  return deepest;
}

/** `line 3, column 7` of an offset. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Engines say where they stopped by offset, or by what stands there, or not at all. */
function where(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return ` at ${placeOf(text, Number(position))}`;
  const near = /^Unexpected token (.+?), (?:\.\.\.)?"(.*?)"(?:\.\.\.)? is not valid JSON$/s.exec(message);
  if (near) return ` at ${near[1]} in “${near[2]?.trim()}”`;
  return /end of (JSON|data)/.test(message) ? ' at its very end: it is cut short' : '';
}

/**
 * Parses untrusted JSON.
 * Problems: `json.large`, `json.text` (not UTF-8), `json.deep`, `json.syntax`, `json.empty`.
 */
export function parseJson(source: string | Uint8Array, name: string): Result<unknown, Problem> {
  if (source.length > limits.json) {
    const [expected, got] = [sizeText(limits.json), sizeText(source.length)];
    return err(problem('json.large', `${name} has ${got}; JSON is read up to ${expected}.`, { expected, got }));
  }
  let text: string;
  try {
    text = typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    return err(problem('json.text', `${name} is not text in UTF-8, so it is no JSON file, or it is damaged.`));
  }
  if (text.trim() === '') return err(problem('json.empty', `${name} is empty.`));
  if (depthOf(text, limits.depth) > limits.depth) {
    const message = `${name} nests brackets more than ${limits.depth} deep; no network needs that, so it is not read.`;
    return err(problem('json.deep', message, { expected: `at most ${limits.depth}` }));
  }
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    return err(
      problem('json.syntax', `${name} is not valid JSON: it breaks off${where(text, reason) || ' or is damaged'}.`),
    );
  }
}
