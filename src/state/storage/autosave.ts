import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DocumentStore } from '../documentStore';
import { savedRunOf, type RunStore } from '../runStore';
import type { Library } from './library';

/** Where the document stands with storage. */
export type Saving =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  /** The desk is whole, storage refuses it. */
  | { readonly kind: 'unsaved'; readonly reason: string }
  /** Another window has saved the same document; nothing is written until the user chooses. */
  | { readonly kind: 'conflict' };

export type SavingStore = StoreApi<Saving>;

export interface Autosave {
  readonly saving: SavingStore;
  /** Saves at once what is not saved; resolves when done or refused. */
  flush(): Promise<void>;
  /** Says which revision of the open document storage holds: after restoring it. */
  adopt(id: string, revision: number): void;
  /** What another window announced: it has saved a document. */
  heard(id: string, revision: number): void;
  stop(): void;
}

/** Milliseconds of quiet before a change is written. */
const quiet = 300;

/** Keeps storage up to date with the document and its run. */
export function createAutosave(
  documents: DocumentStore,
  run: RunStore,
  library: Library,
  announce: (id: string, revision: number) => void = () => undefined,
): Autosave {
  const saving = createStore<Saving>(() => ({ kind: 'saved' }));
  const revisions = new Map<string, number>();
  let written = documents.getState().document;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let queue: Promise<void> = Promise.resolve();

  const save = async (): Promise<void> => {
    const { id, document } = documents.getState();
    if (document === written || saving.getState().kind === 'conflict') return;
    const result = await library.save(id, document, revisions.get(id) ?? null);
    const present = documents.getState();
    if (result.ok) {
      revisions.set(id, result.value);
      announce(id, result.value);
      if (present.id !== id) return;
      written = document;
      saving.setState(present.document === document ? { kind: 'saved' } : { kind: 'saving' }, true);
    } else if (present.id === id) {
      saving.setState(
        result.error.kind === 'conflict' ? { kind: 'conflict' } : { kind: 'unsaved', reason: result.error.problem.message },
        true,
      );
    }
  };

  /** One save at a time, so that revisions follow each other. */
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    queue = queue.then(save);
    return queue;
  };

  const stopDocuments = documents.subscribe((state, before) => {
    if (state.id !== before.id) {
      // A blank sheet is worth nothing in storage until something is drawn on it.
      if (revisions.has(state.id) || state.document.nodes.length === 0) written = state.document;
      saving.setState({ kind: state.document === written ? 'saved' : 'saving' }, true);
    } else if (state.document === before.document) {
      return;
    }
    if (state.document === written) return;
    if (saving.getState().kind === 'saved') saving.setState({ kind: 'saving' }, true);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void flush(), quiet);
  });

  /** A run belongs to the document on the desk when it started. */
  let owner = documents.getState().id;
  const stopRun = run.subscribe((state, before) => {
    if (state.job !== before.job && state.job) owner = documents.getState().id;
    const over = state.status !== before.status && state.status !== 'preparing' && state.status !== 'running';
    if (state.live || before.live) {
      if (state.checkpoint === before.checkpoint && !over) return;
      const saved = savedRunOf(state);
      if (saved) void library.saveRun(owner, saved);
    }
    if (state.status === 'idle' && before.status !== 'idle' && owner === documents.getState().id) {
      void library.saveRun(owner, null);
    }
  });

  return {
    saving,
    flush,
    adopt: (id, revision) => {
      revisions.set(id, revision);
      if (documents.getState().id === id) {
        written = documents.getState().document;
        saving.setState({ kind: 'saved' }, true);
      }
    },
    heard: (id, revision) => {
      if (id === documents.getState().id && revision !== revisions.get(id)) saving.setState({ kind: 'conflict' }, true);
    },
    stop: () => {
      stopDocuments();
      stopRun();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
