import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyDocument } from '@/graph/document';
import { openDocument, openStored } from '../desktop';
import type { memoryLibrary} from '../testing';
import { chain, someInfo, testDesk } from '../testing';
import { createAutosave } from './autosave';
import { decodeDocument, encodeDocument } from './codec';
import { compilationOf } from '../compilation';
import { jobFor } from '../training';

const rename = (name: string) => [{ kind: 'setDocument', values: { name } } as const];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the stored form of a document', () => {
  it('gives back what was put in, through a structured clone', () => {
    const document = { ...chain(['input', 'conv2d', 'flatten', 'dense', 'output']), note: 'Zwölf Boxkämpfer ×3' };
    expect(decodeDocument(structuredClone(encodeDocument('a', document, 7, 1)))).toEqual({ ok: true, value: { document, revision: 7 } });
  });

  it.each([null, 'text', {}, { id: 'a', revision: 0, saved: 1, document: {} }, encodeDocument('a', { ...emptyDocument(), seed: -1 }, 1, 1)])(
    'is refused with a message when damaged: %j',
    (raw) => {
      const result = decodeDocument(raw);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.error.message.length).toBeGreaterThan(20);
    },
  );
});

describe('autosave', () => {
  it('writes 300 ms after the last change, once', async () => {
    const desk = testDesk(chain(['input']));
    const save = vi.spyOn(desk.library, 'save');
    desk.documents.getState().edit('name', rename('A'));
    await vi.advanceTimersByTimeAsync(200);
    desk.documents.getState().edit('name', rename('AB'));
    expect(desk.autosave.saving.getState().kind).toBe('saving');
    await vi.advanceTimersByTimeAsync(299);
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(save).toHaveBeenCalledTimes(1);
    expect(desk.autosave.saving.getState().kind).toBe('saved');
    expect(await desk.library.load('desk')).toMatchObject({ value: { document: { name: 'AB' }, revision: 1 } });
  });

  it('says why storage refuses, keeps the desk, and tries again with the next change', async () => {
    const desk = testDesk(chain(['input']));
    const library = desk.library as ReturnType<typeof memoryLibrary>;
    library.refuse = true;
    desk.documents.getState().edit('name', rename('A'));
    await vi.advanceTimersByTimeAsync(300);
    expect(desk.autosave.saving.getState()).toEqual({ kind: 'unsaved', reason: 'The storage is full.' });
    expect(desk.documents.getState().document.name).toBe('A');
    library.refuse = false;
    desk.documents.getState().edit('name', rename('B'));
    await vi.advanceTimersByTimeAsync(300);
    expect(desk.autosave.saving.getState().kind).toBe('saved');
  });

  it('does not write over what another window saved, and goes on when the user has chosen', async () => {
    const mine = testDesk(chain(['input']));
    mine.documents.getState().edit('name', rename('both'));
    await mine.autosave.flush();
    const theirs = testDesk();
    const theirSaves = createAutosave(theirs.documents, theirs.run, mine.library);
    theirs.documents.getState().open(mine.documents.getState().document, 'desk');
    theirSaves.adopt('desk', 1);
    theirs.documents.getState().edit('name', rename('theirs'));
    await theirSaves.flush();
    expect(theirSaves.saving.getState().kind).toBe('saved');

    mine.documents.getState().edit('name', rename('mine'));
    await mine.autosave.flush();
    expect(mine.autosave.saving.getState().kind).toBe('conflict');
    expect(await mine.library.load('desk')).toMatchObject({ value: { document: { name: 'theirs' } } });
    expect(mine.documents.getState().document.name).toBe('mine');

    await openDocument(mine, { ...mine.documents.getState().document, name: 'mine (copy)' });
    await mine.autosave.flush();
    expect(mine.autosave.saving.getState().kind).toBe('saved');
    expect((await mine.library.recent()).map(({ name }) => name).sort()).toEqual(['mine (copy)', 'theirs']);
    await openStored(mine, 'desk');
    expect(mine.documents.getState().document.name).toBe('theirs');
    expect(mine.autosave.saving.getState().kind).toBe('saved');
  });

  it('keeps each document’s run with its document', async () => {
    const document = chain(['input', 'flatten', 'dense', 'output']);
    const desk = testDesk(document);
    desk.documents.getState().edit('name', rename('first'));
    const job = jobFor(document, compilationOf(document));
    if (!job.ok) throw new Error('The chain has problems.');
    desk.run.getState().start(job.value);
    desk.client.tell({ kind: 'started', info: someInfo, step: 0 });
    const checkpoint = { state: { step: 4, weights: { 'dense1/kernel': Float32Array.of(1) }, slots: {} }, history: { losses: [], accuracies: [], epochs: [] } };
    desk.client.tell({ kind: 'finished', reason: 'completed', test: null, checkpoint, msPerStep: 1 });
    expect(desk.library).toHaveProperty('runs.size', 1);

    await openDocument(desk, chain(['input']));
    expect(desk.run.getState().status).toBe('idle');
    expect(desk.library).toHaveProperty('runs.size', 1);

    await openStored(desk, 'desk');
    expect(desk.run.getState()).toMatchObject({ status: 'finished', step: 4, checkpoint: { state: { weights: checkpoint.state.weights } } });
    desk.run.getState().reset();
    expect(desk.library).toHaveProperty('runs.size', 0);
  });

  it('stores no blank sheet', async () => {
    const desk = testDesk();
    await openDocument(desk, emptyDocument());
    await vi.advanceTimersByTimeAsync(1000);
    expect(await desk.library.recent()).toEqual([]);
    expect(desk.autosave.saving.getState().kind).toBe('saved');
  });
});
