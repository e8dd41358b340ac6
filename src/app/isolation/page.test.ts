import { describe, expect, it } from 'vitest';
import { compilationOf } from '@/state/compilation';
import { chain, testDesk } from '@/state/testing';
import { jobFor } from '@/state/training';
import { outlivesReload } from './page';

const network = chain(['input', 'flatten', 'dense', 'output']);

describe('a reload', () => {
  it('loses nothing of a network that was opened', () => {
    const { documents, run } = testDesk();
    documents.getState().open(network);
    expect(outlivesReload(documents.getState(), run.getState(), run.getState())).toBe(true);
  });

  it('would lose what can be undone or redone', () => {
    const { documents, run } = testDesk(network);
    const free = () => outlivesReload(documents.getState(), run.getState(), run.getState());
    documents.getState().edit('name', [{ kind: 'setDocument', values: { name: 'A' } }]);
    expect(free()).toBe(false);
    documents.getState().undo();
    expect(free()).toBe(false);
  });

  it('would lose a run that was begun, at work or ended, but not one that storage brought back', () => {
    const { run, documents, client } = testDesk(network);
    const restored = run.getState();
    const job = jobFor(network, compilationOf(network));
    if (!job.ok) throw new Error('The chain has problems.');
    run.getState().start(job.value);
    expect(outlivesReload(documents.getState(), run.getState(), restored)).toBe(false);
    client.tell({ kind: 'failed', problem: { severity: 'error', code: 'run.crashed', message: 'It broke.' } });
    expect(outlivesReload(documents.getState(), run.getState(), restored)).toBe(false);

    const broughtBack = run.getState();
    expect(outlivesReload(documents.getState(), run.getState(), broughtBack)).toBe(true);
  });
});
