import { nanoid } from 'nanoid';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { applyEdits, type Edit } from '@/graph/edits';
import { emptyDocument, type LoomDocument } from '@/graph/document';

interface Entry {
  readonly document: LoomDocument;
  readonly selection: ReadonlySet<string>;
  /** What the user did, for the menu: `Undo move`. */
  readonly label: string;
}

export interface EditOptions {
  /** Edits in a row with the same mark become one step of undo: a drag, a number typed digit by digit. */
  readonly mark?: string;
  /** Selection after the edit; unchanged by default. */
  readonly select?: Iterable<string>;
}

/** The document, and how it came to be. Documents are immutable and share structure, so history keeps them whole. */
export interface DocumentState {
  /** Names the document in storage. */
  readonly id: string;
  readonly document: LoomDocument;
  /** Ids of selected nodes and edges. */
  readonly selection: ReadonlySet<string>;
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
  readonly mark: string | null;

  readonly edit: (label: string, edits: readonly Edit[], options?: EditOptions) => void;
  readonly select: (ids: Iterable<string>) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Opens another document; the history begins anew. */
  readonly open: (document: LoomDocument, id?: string) => void;
}

const historyLimit = 500;

export type DocumentStore = StoreApi<DocumentState>;

export function createDocumentStore(document: LoomDocument = emptyDocument(), id: string = nanoid()): DocumentStore {
  return createStore<DocumentState>((set, get) => ({
    id,
    document,
    selection: new Set<string>(),
    past: [],
    future: [],
    mark: null,

    edit: (label, edits, { mark = null, select } = {}) => {
      const before = get();
      const after = applyEdits(before.document, edits);
      const selection = select ? new Set(select) : before.selection;
      if (after === before.document) {
        if (select) set({ selection });
        return;
      }
      const joins = mark !== null && mark === before.mark && before.past.length > 0;
      const past = joins
        ? before.past
        : [...before.past.slice(1 - historyLimit), { document: before.document, selection: before.selection, label }];
      set({ document: after, selection, past, future: [], mark });
    },

    select: (ids) => set({ selection: new Set(ids), mark: null }),

    undo: () => {
      const { past, future, document: present, selection } = get();
      const entry = past.at(-1);
      if (!entry) return;
      set({
        document: entry.document,
        selection: entry.selection,
        past: past.slice(0, -1),
        future: [{ document: present, selection, label: entry.label }, ...future],
        mark: null,
      });
    },

    redo: () => {
      const { past, future, document: present, selection } = get();
      const [entry, ...rest] = future;
      if (!entry) return;
      set({
        document: entry.document,
        selection: entry.selection,
        past: [...past, { document: present, selection, label: entry.label }],
        future: rest,
        mark: null,
      });
    },

    open: (opened, newId = nanoid()) =>
      set({ id: newId, document: opened, selection: new Set(), past: [], future: [], mark: null }),
  }));
}
