import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { engines, places } from './rows';

const FILE = 'bench/results/train.json';

const positive = z.number().positive();
const about = { net: z.string(), batch: z.int(), engine: z.enum(engines), where: z.enum(places) };

const schema = z.object({
  /** Processor and number of its cores. */
  machine: z.string(),
  /** Day, as ISO 8601 has it. */
  date: z.string(),
  rows: z.array(
    z.object({
      ...about,
      what: z.enum(['step', 'forward', 'epoch']),
      ms: positive,
      spread: z.number(),
      blocks: z.int(),
    }),
  ),
  /** Largest resident sizes of the processes that computed the rows, whole, in bytes. */
  memory: z.array(z.object({ ...about, bytes: positive })),
  app: z
    .object({
      /** From navigation to a screen that answers, in ms. */
      loading: z.object({ ms: positive, spread: z.number(), loads: z.int() }),
      /** While LeNet-5 trains. */
      frames: z.object({ perSecond: positive, longestMs: positive }),
    })
    .nullable(),
});

export type Results = z.infer<typeof schema>;
export type Memory = Results['memory'][number];
export type AppFigures = NonNullable<Results['app']>;

/** Nothing of the machine but its processor: results are comparable, and tell of nobody. */
export function thisMachine(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} ${all.length === 1 ? 'core' : 'cores'}`;
}

export const today = (): string => new Date().toISOString().slice(0, 10);

/** What was recorded last, `null` without any; throws where the file is no such record. */
export function lastResults(file = FILE): Results | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  return schema.parse(JSON.parse(text));
}

/** A row a line: changes are read as changes of rows. */
function written({ rows, memory, app, ...head }: Results): string {
  const lines = (items: readonly object[]) =>
    `[\n    ${items.map((item) => JSON.stringify(item)).join(',\n    ')}\n  ]`;
  const fields = Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const body = [...fields, `"rows": ${lines(rows)}`, `"memory": ${lines(memory)}`, `"app": ${JSON.stringify(app)}`];
  return `{\n  ${body.join(',\n  ')}\n}\n`;
}

export function writeResults(results: Results, file = FILE): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, written(results));
  return file;
}
