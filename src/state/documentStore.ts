import { nanoid } from 'nanoid';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { drawingOf, nearestSheet } from '@/graph/drawing';
import { applyEdits, type Edit } from '@/graph/edits';
import { localised } from '@/graph/paths';
import { emptyDocument, type LoomDocument } from '@/graph/document';

interface Entry {
  readonly document: LoomDocument;
  readonly sheet: string;
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
  /** Prefix of the block that is open on the canvas, `stage2/0/`; empty: the document itself. */
  readonly sheet: string;
  /** What is open on the canvas, drawn as a document of its own whose ids are paths. */
  readonly drawing: LoomDocument;
  /** Ids of selected nodes and edges, as the drawing has them. */
  readonly selection: ReadonlySet<string>;
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
  readonly mark: string | null;

  /** Nodes are named by their paths; an edit inside a block changes it wherever it is used. */
  readonly edit: (label: string, edits: readonly Edit[], options?: EditOptions) => void;
  readonly select: (ids: Iterable<string>) => void;
  /** Shows the inside of a block, or the document itself. */
  readonly openSheet: (prefix: string) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Opens another document; the history begins anew. */
  readonly open: (document: LoomDocument, id?: string) => void;
}

const historyLimit = 500;

/** A document on the sheet that was open, or the nearest one around that is still there. */
function shown(document: LoomDocument, wished: string): Pick<DocumentState, 'document' | 'sheet' | 'drawing'> {
  const sheet = nearestSheet(document, wished);
  return { document, sheet, drawing: drawingOf(document, sheet) };
}

export type DocumentStore = StoreApi<DocumentState>;

export function createDocumentStore(document: LoomDocument = emptyDocument(), id: string = nanoid()): DocumentStore {
  return createStore<DocumentState>((set, get) => ({
    id,
    ...shown(document, ''),
    selection: new Set<string>(),
    past: [],
    future: [],
    mark: null,

    edit: (label, edits, { mark = null, select } = {}) => {
      const before = get();
      const after = applyEdits(before.document, localised(before.document, edits));
      const selection = select ? new Set(select) : before.selection;
      if (after === before.document) {
        if (select) set({ selection });
        return;
      }
      const joins = mark !== null && mark === before.mark && before.past.length > 0;
      const past = joins
        ? before.past
        : [...before.past.slice(1 - historyLimit), { document: before.document, sheet: before.sheet, selection: before.selection, label }];
      set({ ...shown(after, before.sheet), selection, past, future: [], mark });
    },

    select: (ids) => set({ selection: new Set(ids), mark: null }),

    openSheet: (prefix) => set({ ...shown(get().document, prefix), selection: new Set(), mark: null }),

    undo: () => {
      const { past, future, document: present, sheet, selection } = get();
      const entry = past.at(-1);
      if (!entry) return;
      set({
        ...shown(entry.document, entry.sheet),
        selection: entry.selection,
        past: past.slice(0, -1),
        future: [{ document: present, sheet, selection, label: entry.label }, ...future],
        mark: null,
      });
    },

    redo: () => {
      const { past, future, document: present, sheet, selection } = get();
      const [entry, ...rest] = future;
      if (!entry) return;
      set({
        ...shown(entry.document, entry.sheet),
        selection: entry.selection,
        past: [...past, { document: present, sheet, selection, label: entry.label }],
        future: rest,
        mark: null,
      });
    },

    open: (opened, newId = nanoid()) =>
      set({ id: newId, ...shown(opened, ''), selection: new Set(), past: [], future: [], mark: null }),
  }));
}
