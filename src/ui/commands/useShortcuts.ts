import { useEffect } from 'react';
import { commandFor, type Focus } from '@/state/commands/keys';
import { useApp } from '../useApp';
import { isMac } from './platform';

function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement) || target === document.body) return 'canvas';
  if (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select')) {
    return 'field';
  }
  // A button on the canvas keeps Enter, space and arrows for itself, as does anything beside the canvas.
  return target.matches('[data-canvas]') || (target.closest('[data-canvas]') && !target.closest('button, [role=dialog]')) ? 'canvas' : 'control';
}

/** Listens for the keys of all commands. */
export function useShortcuts(): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const dialog = app.canvas.getState().dialog;
      if (dialog && event.target instanceof HTMLElement && event.target.closest('[role=dialog]')) {
        if (!(event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey))) return;
      }
      const found = commandFor(event, isMac, focusOf(event.target), app);
      if (!found) return;
      event.preventDefault();
      void found.run(app);
    };
    const isChord = (event: KeyboardEvent) => event.ctrlKey || event.metaKey;
    // Chords come first: a list that has the focus takes Enter for itself, whatever is held down with it.
    const before = (event: KeyboardEvent) => isChord(event) && onKey(event);
    const after = (event: KeyboardEvent) => !isChord(event) && onKey(event);
    window.addEventListener('keydown', before, { capture: true });
    window.addEventListener('keydown', after);
    return () => {
      window.removeEventListener('keydown', before, { capture: true });
      window.removeEventListener('keydown', after);
    };
  }, [app]);
}
