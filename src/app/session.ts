import type { Desk } from '@/state/desk';
import { wentPastWorker } from './isolation/page';

/** Which document this window had open; a new window begins with the one opened last anywhere. */
const deskKey = 'layerloom.desk';

async function lastDocument(): Promise<string | null> {
  // Beyond the border of isolation a window may find its sessionStorage as it was before it first crossed it.
  const outdated = await wentPastWorker();
  try {
    return (outdated ? null : sessionStorage.getItem(deskKey)) ?? localStorage.getItem(deskKey);
  } catch {
    return null;
  }
}

function remember(id: string): void {
  try {
    sessionStorage.setItem(deskKey, id);
    localStorage.setItem(deskKey, id);
  } catch {
    return;
  }
}

/** Puts back what was on the desk before the reload, and keeps it saved when the page goes. */
export async function restoreDesk({ documents, run, library, autosave, services }: Desk): Promise<void> {
  const id = await lastDocument();
  const found = id === null ? null : await library.load(id);
  if (id !== null && found?.ok && found.value) {
    documents.getState().open(found.value.document, id);
    autosave.adopt(id, found.value.revision);
    const saved = await library.loadRun(id);
    if (saved) run.getState().bringBack(saved);
  } else if (found && !found.ok) {
    const { message } = found.error;
    queueMicrotask(() => services.notify(message));
  }
  remember(documents.getState().id);
  documents.subscribe((state, before) => {
    if (state.id !== before.id) remember(state.id);
  });
  window.addEventListener('pagehide', () => void autosave.flush());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void autosave.flush();
  });
}

interface SavedMessage {
  readonly id: string;
  readonly revision: number;
}

const isSaved = (data: unknown): data is SavedMessage =>
  typeof data === 'object' &&
  data !== null &&
  'id' in data &&
  typeof data.id === 'string' &&
  'revision' in data &&
  typeof data.revision === 'number';

/** Windows of this browser tell each other what they save. */
export function connectWindows(): {
  readonly announce: (id: string, revision: number) => void;
  readonly listen: (heard: (id: string, revision: number) => void) => void;
} {
  const channel = new BroadcastChannel('layerloom.saved');
  return {
    announce: (id, revision) => channel.postMessage({ id, revision } satisfies SavedMessage),
    listen: (heard) => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isSaved(data)) heard(data.id, data.revision);
      };
    },
  };
}
