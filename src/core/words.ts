const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** `height`, `height and width`, `depth, height and width`. */
export const listed = (words: readonly (string | number)[]): string => list.format(words.map(String));
