export type TokenKind = 'key' | 'text' | 'number' | 'word' | 'plain';
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)/g;

/** A line of JSON in pieces to colour. Their texts together are the line. */
export function tokens(line: string): readonly Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > end) found.push({ kind: 'plain', text: line.slice(end, match.index) });
    const [whole, string, colon, number] = match;
    if (string !== undefined) {
      found.push({ kind: colon ? 'key' : 'text', text: string });
      if (colon) found.push({ kind: 'plain', text: colon });
    } else {
      found.push({ kind: number !== undefined ? 'number' : 'word', text: whole });
    }
    end = match.index + whole.length;
  }
  if (end < line.length) found.push({ kind: 'plain', text: line.slice(end) });
  return found;
}
