const all = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const any = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** `height`, `height and width`, `depth, height and width`. */
export const listed = (words: readonly (string | number)[]): string => all.format(words.map(String));

/** `a`, `a or b`, `a, b or c`. */
export const eitherOf = (words: readonly string[]): string => any.format(words);
