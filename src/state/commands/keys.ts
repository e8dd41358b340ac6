import type { Desk } from '../desk';
import type { Command } from './define';
import { commands } from './registry';

export interface Stroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const names: Readonly<Record<string, string>> = {
  ' ': 'space',
  escape: 'esc',
  arrowup: 'up',
  arrowdown: 'down',
  arrowleft: 'left',
  arrowright: 'right',
};

/** `mod+shift+z`, as commands spell it. Shift is left out where it made the character itself: `?`. */
export function strokeText(stroke: Stroke, mac: boolean): string {
  const lower = stroke.key.toLowerCase();
  const key = names[lower] ?? lower;
  const symbol = key.length === 1 && !/[a-z0-9]/.test(key);
  const parts: string[] = [];
  if (mac ? stroke.metaKey : stroke.ctrlKey) parts.push('mod');
  if (mac && stroke.ctrlKey) parts.push('ctrl');
  if (stroke.altKey) parts.push('alt');
  if (stroke.shiftKey && !symbol) parts.push('shift');
  return [...parts, key].join('+');
}

const macSymbols: Readonly<Record<string, string>> = { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃' };
const symbols: Readonly<Record<string, string>> = {
  mod: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: 'Enter',
  esc: 'Esc',
  delete: 'Del',
  backspace: 'Backspace',
  home: 'Home',
};

/** As people read it: `Ctrl+Shift+Z`, `⇧⌘Z`. */
export function keysText(keys: string, mac: boolean): string {
  const parts = keys.split('+').map((part) => (mac ? macSymbols[part] : undefined) ?? symbols[part] ?? part.toUpperCase());
  return parts.join(mac ? '' : '+');
}

/** Where the focus is: on the canvas or nowhere, in a text field, or on another control. */
export type Focus = 'canvas' | 'field' | 'control';

/** The command that a stroke means there and now. */
export function commandFor(stroke: Stroke, mac: boolean, focus: Focus, desk: Desk): Command | null {
  const text = strokeText(stroke, mac);
  for (const item of commands.values()) {
    if (!item.keys.includes(text)) continue;
    const here = focus === 'canvas' || (focus === 'field' ? item.inFields : !item.onCanvas);
    if (here && item.enabled(desk)) return item;
  }
  return null;
}
