import type { FormatDefinition } from './define';

const files = import.meta.glob<Readonly<Record<string, FormatDefinition>>>(['./kinds/*.ts', '!./kinds/*.test.ts'], {
  eager: true,
});

/** All formats by id, in the order of the export dialog. */
export const formats: ReadonlyMap<string, FormatDefinition> = new Map(
  Object.values(files)
    .flatMap((file) => Object.values(file))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
    .map((format) => [format.id, format]),
);
