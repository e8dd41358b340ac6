import type { Desk } from '../desk';

export const commandGroups = ['Edit', 'View', 'Add', 'Network', 'Train', 'Help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

/** One thing that a user can do: feeds menus, shortcuts, the palette, the sheet of keys and tests. */
export interface Command {
  /** Stable and dotted: `edit.undo`. */
  readonly id: string;
  readonly group: CommandGroup;
  readonly title: string | ((desk: Desk) => string);
  /** As `mod+shift+z`; `mod` is ⌘ on a Mac and Ctrl elsewhere. The first is the one that menus show. */
  readonly keys: readonly string[];
  /** Keys count only while the canvas or nothing has the focus: for arrows, Enter and single letters. */
  readonly onCanvas: boolean;
  /** Keys count in text fields too, where typing has the first right. */
  readonly inFields: boolean;
  /** Whether it makes a step of undo. */
  readonly history: 'record' | 'none';
  /** Further words that find it. */
  readonly keywords: readonly string[];
  /** Listed in the palette; keys alone otherwise. */
  readonly listed: boolean;
  enabled(desk: Desk): boolean;
  run(desk: Desk): void | Promise<void>;
}

type CommandSpec = Pick<Command, 'id' | 'group' | 'title' | 'run'> &
  Partial<Pick<Command, 'keys' | 'onCanvas' | 'inFields' | 'history' | 'enabled' | 'keywords' | 'listed'>>;

export function command(spec: CommandSpec): Command {
  return {
    keys: [],
    onCanvas: false,
    inFields: false,
    history: 'none',
    keywords: [],
    listed: true,
    enabled: () => true,
    ...spec,
  };
}

export const titleOf = (item: Command, desk: Desk): string =>
  typeof item.title === 'string' ? item.title : item.title(desk);
