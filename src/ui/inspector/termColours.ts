import type { Formula } from '@/layers/define';

/** Hues of the theme that tell parameters apart; the incoming size has its own. */
const hues = [
  'pooling',
  'normalisation',
  'convolution',
  'activation',
  'dense',
  'merge',
  'regularisation',
  'shape',
] as const;

export const inputColour = 'var(--family-io)';

/** A colour for each parameter that a formula shows, in the order in which they first appear. */
export function termColours(formulas: readonly Formula[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  for (const term of formulas.flatMap((formula) => formula.lines.flat())) {
    if (typeof term === 'string' || term.param === undefined || colours.has(term.param)) continue;
    colours.set(term.param, `var(--family-${hues[colours.size % hues.length]})`);
  }
  return colours;
}

/** The formula as one line of plain text, for those who hear it. */
export const formulaText = (formula: Formula): string =>
  formula.lines.map((line) => line.map((term) => (typeof term === 'string' ? term : term.text)).join('')).join(' ');
