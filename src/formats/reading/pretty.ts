/**
 * JSON as a person would write it: what fits on a line of 160 characters stands on one, the rest is broken up.
 * Files stay small and their differences readable.
 */
export function prettyJson(value: unknown, indent = '', room = 160): string {
  const flat = flatJson(value);
  if (typeof value !== 'object' || value === null || flat.length + indent.length <= room) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((each) => inner + prettyJson(each, inner, room)).join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${inner}${JSON.stringify(key)}: ${prettyJson(each, inner, room)}`);
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function flatJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, each]) => each !== undefined);
    return fields.length === 0
      ? '{}'
      : `{ ${fields.map(([key, each]) => `${JSON.stringify(key)}: ${flatJson(each)}`).join(', ')} }`;
  }
  return JSON.stringify(value) ?? 'null';
}
