import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { z } from 'zod';
import type { Plan } from '@/compiler/plan';
import { hash32 } from '@/core/random';
import type { BackendOffer } from '@/engine/backends/available';
import type { Trial } from '@/engine/backends/choose';
import type { BackendName } from '@/engine/backends/prepare';
import type { ProgramOptions } from '@/engine/program';
import { layerloomVersion } from '@/formats/version';

/** Which backend was the fastest, and what was measured. */
export interface KeptTimes {
  readonly name: BackendName;
  readonly trials: readonly Trial[];
}

const backend = z.enum(['webgpu', 'webgl', 'wasm', 'cpu']);
const timesSchema: z.ZodType<KeptTimes> = z.object({
  name: backend,
  trials: z.array(z.object({ name: backend, ms: z.number().nullable(), note: z.string() })),
});

/** What this device measured, by `timesKey`. A memory that fails costs a timing, never a run: nothing here throws. */
export interface ChoiceMemory {
  recall(key: string): Promise<KeptTimes | null>;
  keep(key: string, times: KeptTimes): Promise<void>;
  forget(key: string): Promise<void>;
  clear(): Promise<void>;
}

/**
 * The same for networks that take equally long: the same layers, shapes, batch size and optimizer, whatever their
 * names, weights and learning rate. What was measured under another version or with other backends on offer says nothing.
 */
export function timesKey(plan: Plan, { recipe }: ProgramOptions, offers: readonly BackendOffer[]): string {
  const layers = plan.layers.map(({ type, params, sources, inputs, outputs }) => [
    type,
    params,
    sources,
    inputs,
    outputs,
  ]);
  const { optimizer, batchSize, clipNorm } = recipe;
  const text = JSON.stringify([layers, optimizer.type, batchSize, clipNorm === null, offers, layerloomVersion]);
  return `${plan.layers.length} layers, ${text.length} characters, ${hash32(text).toString(16)}`;
}

/** Measures every time. */
export const noMemory: ChoiceMemory = {
  recall: () => Promise.resolve(null),
  keep: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  clear: () => Promise.resolve(),
};

interface Schema extends DBSchema {
  times: { key: string; value: KeptTimes };
}

/** Networks that are remembered before all are forgotten: refilling is cheap. */
const MOST = 500;

/**
 * In the browser's IndexedDB, in a database of the worker's own.
 * @param machine what else may change how long a step takes: the browser's name and version.
 */
export function storedMemory(machine: string): ChoiceMemory {
  const keyHere = (key: string) => `${machine} · ${key}`;
  let connection: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () => {
    connection ??= openDB<Schema>('layerloom-times', 1, {
      upgrade: (db) => void db.createObjectStore('times'),
      terminated: () => (connection = null),
    });
    connection.catch(() => (connection = null));
    return connection;
  };
  const quietly = async <T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T | null> => {
    try {
      return await work(await database());
    } catch {
      return null;
    }
  };
  return {
    recall: async (key) => {
      const stored = timesSchema.safeParse(await quietly((db) => db.get('times', keyHere(key))));
      return stored.success ? stored.data : null;
    },
    keep: async (key, times) => {
      await quietly(async (db) => {
        if ((await db.count('times')) >= MOST) await db.clear('times');
        await db.put('times', times, keyHere(key));
      });
    },
    forget: async (key) => {
      await quietly((db) => db.delete('times', keyHere(key)));
    },
    clear: async () => {
      await quietly((db) => db.clear('times'));
    },
  };
}
