import { nanoid } from 'nanoid';
import type { LoomDocument } from '@/graph/document';
import { needsLayout } from '@/graph/layout';
import type { Desk } from './desk';
import { savedRunOf } from './runStore';

/** Milliseconds that a running step may take to reach its pause before another document opens. */
const patience = 3000;

/** Pauses a running run and waits for its checkpoint, so that nothing learnt is lost. */
async function parkRun({ run }: Desk): Promise<void> {
  if (run.getState().status !== 'running') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, patience);
    const stop = run.subscribe((state) => {
      if (state.status !== 'running') finish();
    });
    function finish() {
      clearTimeout(timer);
      stop();
      resolve();
    }
    run.getState().pause();
  });
}

/** Computes positions and moves the nodes there; alone it is one step of undo. */
export async function layOut(desk: Desk, label = 'automatic layout', mark?: string): Promise<void> {
  const { id, drawing } = desk.documents.getState();
  const positions = await desk.services.layout(drawing);
  // The user may have gone on drawing meanwhile; what is new stays where it is.
  if (desk.documents.getState().id !== id) return;
  desk.documents.getState().edit(label, [{ kind: 'move', positions }], mark === undefined ? {} : { mark });
}

interface Opening {
  /** Where it lies in storage; a new place otherwise. */
  readonly stored?: { readonly id: string; readonly revision: number };
  /** Whether its positions mean nothing; told from the positions otherwise. */
  readonly layout?: boolean;
}

/** Puts a document on the desk in place of the present one, which stays in storage. */
export async function openDocument(desk: Desk, document: LoomDocument, { stored, layout }: Opening = {}): Promise<void> {
  const { documents, run, autosave, library } = desk;
  const { id: old, document: left } = documents.getState();
  const underWay = run.getState().status === 'running';
  await parkRun(desk);
  await autosave.flush();
  const saved = savedRunOf(run.getState());
  if (saved && run.getState().live) await library.saveRun(old, saved);
  const placed = (layout ?? needsLayout(document)) ? await withPositions(desk, document) : document;
  const id = stored?.id ?? nanoid();
  documents.getState().open(placed, id);
  if (stored) autosave.adopt(id, stored.revision);
  run.getState().reset();
  const broughtBack = stored ? await library.loadRun(stored.id) : null;
  if (broughtBack && documents.getState().id === id) run.getState().bringBack(broughtBack);
  if (underWay && saved) {
    desk.services.notify(`The run of “${left.name}” is paused and kept with it: Presets, Open recent.`);
  }
  requestAnimationFrame(() => desk.viewport.current?.fit());
}

async function withPositions(desk: Desk, document: LoomDocument): Promise<LoomDocument> {
  const positions = await desk.services.layout(document);
  return { ...document, nodes: document.nodes.map((node) => ({ ...node, position: positions[node.id] ?? node.position })) };
}

/** Opens a document of the library. */
export async function openStored(desk: Desk, id: string): Promise<void> {
  const found = await desk.library.load(id);
  if (!found.ok) return desk.services.notify(found.error.message);
  if (!found.value) return desk.services.notify('This network is no longer in the browser’s storage.');
  await openDocument(desk, found.value.document, { stored: { id, revision: found.value.revision } });
}
