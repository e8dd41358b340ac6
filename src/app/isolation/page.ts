import type { Desk } from '@/state/desk';
import type { DocumentState } from '@/state/documentStore';
import type { RunState } from '@/state/runStore';
import { workerFile } from './headers';

/** Set once this window has reloaded itself to become isolated. */
const reloadedKey = 'layerloom.reloaded';

/** Whether a reload brings back all there is: steps of undo live in memory alone, and so does a run that was begun. */
export const outlivesReload = (
  { past, future }: Pick<DocumentState, 'past' | 'future'>,
  run: Pick<RunState, 'job'>,
  restored: Pick<RunState, 'job'>,
): boolean => past.length === 0 && future.length === 0 && run.job === restored.job;

/**
 * Where the host does not isolate the page, has a service worker do it, from the next load on. Loads anew for it once,
 * as soon as the worker is ready, unless something would be lost: then the next visit is isolated. Where the browser
 * has no service workers, or refuses them, the page goes on as it is.
 */
export async function isolatePage({ documents, run, autosave }: Desk): Promise<void> {
  // A page within another is isolated only if that one is; one that came through the worker has got all it can give.
  if (window.crossOriginIsolated || window.top !== window) return;
  if (!('serviceWorker' in navigator) || navigator.serviceWorker.controller) return;
  const restored = run.getState();
  try {
    await navigator.serviceWorker.register(`./${workerFile}`);
  } catch {
    return;
  }
  await navigator.serviceWorker.ready;
  await autosave.flush();
  const saved = autosave.saving.getState().kind === 'saved';
  const free = saved && !isTyping() && outlivesReload(documents.getState(), run.getState(), restored);
  if (free && firstReload()) window.location.reload();
}

/** Whether the browser loaded this page past the worker that would have isolated it, as a forced reload does. */
export async function wentPastWorker(): Promise<boolean> {
  if (window.crossOriginIsolated || !('serviceWorker' in navigator) || navigator.serviceWorker.controller) return false;
  const registration = await navigator.serviceWorker.getRegistration().catch(() => undefined);
  return Boolean(registration?.active);
}

const isTyping = (): boolean => document.activeElement?.matches('input, textarea') ?? false;

/** False where this window has reloaded itself before, or where that can't be remembered: there might be no end. */
function firstReload(): boolean {
  try {
    if (sessionStorage.getItem(reloadedKey) !== null) return false;
    sessionStorage.setItem(reloadedKey, 'yes');
    return true;
  } catch {
    return false;
  }
}
