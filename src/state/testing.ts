import type { Edge, GraphNode, LoomDocument } from '@/graph/document';
import { emptyDocument } from '@/graph/document';
import { createNode } from '@/graph/factory';
import { layers } from '@/layers/registry';
import type { RunInfo, TrainingClient, TrainingEvent, TrainingJob } from '@/training/protocol';
import { createCanvasStore } from './canvasStore';
import type { Desk } from './desk';
import { createDocumentStore } from './documentStore';
import { createRunStore } from './runStore';
import { createAutosave } from './storage/autosave';
import type { Library } from './storage/library';
import { createViewStore } from './viewStore';

/** A chain of layers, each wired to the one before; dense ones end in softmax, so that a chain can be trained. */
export function chain(types: readonly string[]): LoomDocument {
  let document = emptyDocument();
  const nodes: GraphNode[] = [];
  for (const type of types) {
    const definition = layers.get(type);
    if (!definition) throw new Error(`There is no layer ${type}.`);
    const made = createNode(document, definition, { x: 0, y: nodes.length * 96 });
    const node = type === 'dense' ? { ...made, params: { ...made.params, activation: 'softmax' } } : made;
    nodes.push(node);
    document = { ...document, nodes };
  }
  const edges = nodes.slice(1).map((node, i): Edge => ({ from: { node: nodes[i]!.id, port: 0 }, to: { node: node.id, port: 0 } }));
  return { ...document, nodes: [...nodes], edges };
}

/** A training client that does nothing but what the test tells it to. */
export function scriptedClient(): TrainingClient & { readonly calls: string[]; tell(event: TrainingEvent, run?: number): void } {
  const calls: string[] = [];
  const listeners: ((event: TrainingEvent) => void)[] = [];
  const call = (name: string) => () => {
    calls.push(name);
    return Promise.resolve();
  };
  return {
    calls,
    start: (job: TrainingJob, onEvent: (event: TrainingEvent) => void) => {
      calls.push(job.resume ? `start from step ${job.resume.state.step}` : 'start');
      listeners.push(onEvent);
      return Promise.resolve();
    },
    pause: call('pause'),
    resume: call('resume'),
    stop: call('stop'),
    predict: () => Promise.resolve({ ok: true, value: [] }),
    forgetTimes: call('forget times'),
    dispose: () => {
      calls.push('dispose');
    },
    tell: (event, run = listeners.length - 1) => listeners[run]?.(event),
  };
}

export const someInfo: RunInfo = {
  backend: 'cpu',
  choice: { name: 'cpu', how: 'asked', trials: [] },
  trainCount: 100,
  validationCount: 10,
  testCount: 10,
  stepsPerEpoch: 10,
  totalSteps: 50,
  classes: ['a', 'b'],
  inputs: { shift: new Float64Array(1), factor: Float64Array.of(1), uniform: 1 },
  notPerformed: [],
};

/** A library in memory, with the rules of the real one. */
export function memoryLibrary(): Library & { readonly runs: Map<string, unknown>; refuse: boolean } {
  const documents = new Map<string, { document: LoomDocument; revision: number; saved: number }>();
  const runs = new Map<string, Awaited<ReturnType<Library['loadRun']>>>();
  let clock = 0;
  const library: ReturnType<typeof memoryLibrary> = {
    runs,
    refuse: false,
    save: (id, document, base) => {
      const stored = documents.get(id);
      if (library.refuse) {
        return Promise.resolve({
          ok: false,
          error: { kind: 'storage', problem: { severity: 'error', code: 'storage.full', message: 'The storage is full.' } },
        });
      }
      if ((stored?.revision ?? null) !== base) return Promise.resolve({ ok: false, error: { kind: 'conflict' } });
      const revision = (base ?? 0) + 1;
      clock += 1;
      documents.set(id, { document, revision, saved: clock });
      return Promise.resolve({ ok: true, value: revision });
    },
    load: (id) => Promise.resolve({ ok: true, value: documents.get(id) ?? null }),
    recent: () =>
      Promise.resolve(
        [...documents].map(([id, { document, saved }]) => ({ id, name: document.name, saved, layers: document.nodes.length })),
      ),
    saveRun: (id, run) => {
      if (run) runs.set(id, run);
      else runs.delete(id);
      return Promise.resolve({ ok: true, value: null });
    },
    loadRun: (id) => Promise.resolve(runs.get(id) ?? null),
  };
  return library;
}

/** A desk without a browser. */
export function testDesk(document: LoomDocument = emptyDocument()): Desk & { readonly client: ReturnType<typeof scriptedClient>; readonly notes: string[] } {
  const client = scriptedClient();
  const documents = createDocumentStore(document, 'desk');
  const run = createRunStore(client);
  const library = memoryLibrary();
  const notes: string[] = [];
  let clipboard = '';
  return {
    client,
    notes,
    documents,
    run,
    view: createViewStore(),
    canvas: createCanvasStore(),
    library,
    autosave: createAutosave(documents, run, library),
    services: {
      layout: ({ nodes }) => Promise.resolve(Object.fromEntries(nodes.map(({ id }, i) => [id, { x: 10 * i, y: 96 * i }]))),
      download: () => undefined,
      chooseFiles: () => Promise.resolve([]),
      clipboard: {
        write: (text) => {
          clipboard = text;
          return Promise.resolve();
        },
        read: () => Promise.resolve(clipboard),
      },
      notify: (message) => notes.push(message),
    },
    viewport: { current: null },
  };
}
