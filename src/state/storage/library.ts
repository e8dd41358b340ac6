import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { LoomDocument } from '@/graph/document';
import type { SavedRun } from '../runStore';
import { decodeDocument, encodeDocument, type StoredDocument } from './codec';

/** One line of the list of recent documents. */
export interface RecentDocument {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly saved: number;
  readonly layers: number;
}

interface Schema extends DBSchema {
  documents: { key: string; value: StoredDocument };
  recent: { key: string; value: RecentDocument };
  /** By the id of their document. */
  runs: { key: string; value: SavedRun };
}

export type SaveProblem =
  /** Another window has saved this document meanwhile. */
  { readonly kind: 'conflict' } | { readonly kind: 'storage'; readonly problem: Problem };

/** Documents and runs that outlive the page. */
export interface Library {
  /**
   * Writes a document, unless its stored revision is another than `base` (`null`: not stored yet).
   * Returns the new revision.
   */
  save(id: string, document: LoomDocument, base: number | null): Promise<Result<number, SaveProblem>>;
  load(id: string): Promise<Result<{ readonly document: LoomDocument; readonly revision: number } | null, Problem>>;
  /** Newest first. */
  recent(): Promise<readonly RecentDocument[]>;
  saveRun(documentId: string, run: SavedRun | null): Promise<Result<null, Problem>>;
  loadRun(documentId: string): Promise<SavedRun | null>;
}

/** Says in words why the browser doesn't keep things. */
function refusal(reason: unknown): Problem {
  const name = reason instanceof Error ? reason.name : '';
  if (name === 'QuotaExceededError') {
    return problem('storage.full', 'The browser’s storage for this site is full. Download the network to keep it.');
  }
  const why = reason instanceof Error ? reason.message : String(reason);
  return problem('storage.refused', `This browser window keeps nothing (${why}). Download the network to keep it.`);
}

/** The library in the browser's IndexedDB. Never throws: a browser that refuses is a problem as a value. */
export function openLibrary(name = 'layerloom', now: () => number = Date.now): Library {
  let connection: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () => {
    connection ??= openDB<Schema>(name, 1, {
      upgrade: (db) => {
        db.createObjectStore('documents', { keyPath: 'id' });
        db.createObjectStore('recent', { keyPath: 'id' });
        db.createObjectStore('runs');
      },
      terminated: () => (connection = null),
    });
    connection.catch(() => (connection = null));
    return connection;
  };

  return {
    save: async (id, document, base) => {
      try {
        const tx = (await database()).transaction(['documents', 'recent'], 'readwrite');
        const stored = await tx.objectStore('documents').get(id);
        if ((stored?.revision ?? null) !== base) {
          await tx.done;
          return err({ kind: 'conflict' });
        }
        const revision = (base ?? 0) + 1;
        const saved = now();
        void tx.objectStore('documents').put(encodeDocument(id, document, revision, saved));
        void tx.objectStore('recent').put({ id, name: document.name, saved, layers: document.nodes.length });
        await tx.done;
        return ok(revision);
      } catch (reason) {
        return err({ kind: 'storage', problem: refusal(reason) });
      }
    },
    load: async (id) => {
      try {
        const stored = await (await database()).get('documents', id);
        return stored ? decodeDocument(stored) : ok(null);
      } catch (reason) {
        return err(refusal(reason));
      }
    },
    recent: async () => {
      try {
        const all = await (await database()).getAll('recent');
        return all.sort((a, b) => b.saved - a.saved);
      } catch {
        return [];
      }
    },
    saveRun: async (documentId, run) => {
      try {
        const db = await database();
        if (run) await db.put('runs', run, documentId);
        else await db.delete('runs', documentId);
        return ok(null);
      } catch (reason) {
        return err(refusal(reason));
      }
    },
    loadRun: async (documentId) => {
      try {
        return (await (await database()).get('runs', documentId)) ?? null;
      } catch {
        return null;
      }
    },
  };
}
