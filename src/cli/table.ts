import type { GraphProblem } from '@/graph/edits';

/** Columns padded to their widest cell, two blanks apart; those named are aligned to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A problem with the node it is about and the ways out. */
export function problemText({ severity, message, fixes }: GraphProblem, name: string | null): string {
  const ways = (fixes ?? []).map(({ title }) => `\n    → ${title}`).join('');
  const named = name === null || message.split(/[^\w-]+/).includes(name);
  return `${severity}: ${named ? '' : `${name}: `}${message}${ways}`;
}
