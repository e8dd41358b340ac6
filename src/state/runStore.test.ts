import { describe, expect, it } from 'vitest';
import { warning } from '@/core/problem';
import type { Checkpoint, TrainingEvent } from '@/training/protocol';
import { compilationOf } from './compilation';
import { createRunStore, savedRunOf } from './runStore';
import { chain, scriptedClient, someInfo } from './testing';
import { jobFor } from './training';

const found = jobFor(chain(['input', 'flatten', 'dense', 'output']), compilationOf(chain(['input', 'flatten', 'dense', 'output'])));
if (!found.ok) throw new Error(found.error[0]?.message);
const job = found.value;

const checkpointAt = (step: number): Checkpoint => ({
  state: { step, weights: { 'dense1/kernel': Float32Array.of(step) }, slots: {} },
  history: { losses: Array.from({ length: step }, (_, i) => 1 / (i + 1)), accuracies: Array.from({ length: step }, () => 0.5), epochs: [] },
});
const steps = (from: number, count: number): TrainingEvent => ({
  kind: 'steps',
  step: from + count,
  losses: Array.from({ length: count }, (_, i) => 1 / (from + i + 1)),
  accuracies: Array.from({ length: count }, () => 0.5),
  learningRate: 0.01,
  msPerStep: 2,
  msLeft: 100,
});
const report = { epoch: 1, loss: 0.5, accuracy: 0.8, valLoss: 0.6, valAccuracy: 0.7, ms: 10 };
const setUp = () => {
  const client = scriptedClient();
  return { client, run: createRunStore(client) };
};

describe('a run', () => {
  it('goes through preparing, running, paused, running and finished as its events say', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    expect(run.getState()).toMatchObject({ status: 'preparing', live: true });
    client.tell({ kind: 'preparing', what: 'Reading digits', share: 0.5 });
    expect(run.getState().preparing).toEqual({ what: 'Reading digits', share: 0.5 });
    client.tell({ kind: 'started', info: someInfo, step: 0 });
    client.tell(steps(0, 10));
    expect(run.getState()).toMatchObject({ status: 'running', step: 10, msLeft: 100, preparing: null });
    client.tell({ kind: 'epoch', report, validation: null, checkpoint: checkpointAt(10) });
    expect(run.getState().history.epochs).toEqual([report]);
    run.getState().pause();
    client.tell({ kind: 'paused', checkpoint: checkpointAt(10) });
    run.getState().resume();
    client.tell({ kind: 'resumed' });
    client.tell(steps(10, 5));
    client.tell({ kind: 'finished', reason: 'completed', test: null, checkpoint: checkpointAt(15), msPerStep: 2 });
    expect(run.getState()).toMatchObject({ status: 'finished', step: 15, live: false, msLeft: null });
    expect(run.getState().history.losses).toEqual(Array.from({ length: 15 }, (_, i) => 1 / (i + 1)));
    expect(client.calls).toEqual(['start', 'pause', 'resume']);
  });

  it('says where it goes on when it leaves a backend, and keeps its curve', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    client.tell({ kind: 'started', info: { ...someInfo, backend: 'webgl 2' }, step: 0 });
    client.tell(steps(0, 10));
    const move = { from: 'webgl 2', to: 'wasm · SIMD', step: 4, problem: warning('training.lost', 'webgl 2 lost the graphics card.') };
    client.tell({ kind: 'preparing', what: 'Starting wasm', share: null });
    expect(run.getState()).toMatchObject({ status: 'running', preparing: { what: 'Starting wasm' } });
    client.tell({ kind: 'moved', move });
    client.tell({ kind: 'preparing', what: 'Catching up on wasm · SIMD: step 6 of 10', share: null });
    expect(run.getState()).toMatchObject({ status: 'running', step: 10, moves: [move], info: { backend: 'wasm · SIMD' } });
    client.tell(steps(10, 2));
    expect(run.getState()).toMatchObject({ preparing: null, step: 12 });
    expect(run.getState().history.losses).toEqual(Array.from({ length: 12 }, (_, i) => 1 / (i + 1)));
    run.getState().start(job);
    expect(run.getState().moves).toEqual([]);
  });

  it('that is stopped while it catches up ends where its weights are', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    client.tell({ kind: 'started', info: someInfo, step: 0 });
    client.tell(steps(0, 10));
    client.tell({ kind: 'finished', reason: 'stopped', test: null, checkpoint: checkpointAt(6), msPerStep: 2 });
    expect(run.getState()).toMatchObject({ status: 'stopped', step: 6 });
    expect(run.getState().history.losses).toHaveLength(6);
  });

  it('no longer listens to a run that was reset or replaced', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    run.getState().reset();
    client.tell({ kind: 'started', info: someInfo, step: 0 }, 0);
    expect(run.getState().status).toBe('idle');
    run.getState().start(job);
    client.tell(steps(0, 3), 0);
    expect(run.getState()).toMatchObject({ status: 'preparing', step: 0 });
  });

  it('goes on from the checkpoint where the worker does not hold it', () => {
    const { client, run } = setUp();
    const history = checkpointAt(20).history;
    run.getState().bringBack({ job, status: 'paused', info: someInfo, validation: null, test: null, problem: null, checkpoint: checkpointAt(20) });
    expect(run.getState()).toMatchObject({ status: 'paused', live: false, step: 20, history });
    run.getState().resume();
    expect(client.calls).toEqual(['start from step 20']);
    expect(run.getState()).toMatchObject({ status: 'preparing', live: true, info: someInfo, step: 20, history });
    client.tell({ kind: 'started', info: someInfo, step: 20 });
    client.tell(steps(20, 1));
    expect(run.getState().history.losses).toHaveLength(21);
    expect(history.losses).toHaveLength(20);
    // Paused again, the worker holds it: no second start.
    client.tell({ kind: 'paused', checkpoint: checkpointAt(21) });
    run.getState().resume();
    expect(client.calls).toEqual(['start from step 20', 'resume']);
  });

  it('can be brought back and started anew in one window, as often as wished', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    client.tell({ kind: 'started', info: someInfo, step: 0 });
    client.tell({ kind: 'paused', checkpoint: checkpointAt(3) });
    const saved = savedRunOf(run.getState());
    run.getState().bringBack(saved!);
    client.tell(steps(3, 9));
    expect(run.getState()).toMatchObject({ status: 'paused', step: 3, live: false });
    run.getState().resume();
    expect(client.calls).toEqual(['start', 'stop', 'start from step 3']);
  });

  it('is failed, with its checkpoint kept, when the worker breaks, and goes on from there', async () => {
    const client = scriptedClient();
    const run = createRunStore({ ...client, pause: () => Promise.reject(new Error('out of memory')) });
    run.getState().start(job);
    client.tell({ kind: 'started', info: someInfo, step: 0 });
    client.tell({ kind: 'epoch', report, validation: null, checkpoint: checkpointAt(10) });
    run.getState().pause();
    await Promise.resolve();
    await Promise.resolve();
    expect(run.getState()).toMatchObject({ status: 'failed', live: false, checkpoint: { state: { step: 10 } } });
    expect(run.getState().problem?.message).toContain('out of memory');
    run.getState().resume();
    expect(client.calls.at(-1)).toBe('start from step 10');
  });

  it('is stored as paused while it runs, so that a reload finds the last epoch', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    expect(savedRunOf(run.getState())).toBeNull();
    client.tell({ kind: 'started', info: someInfo, step: 0 });
    client.tell({ kind: 'epoch', report, validation: null, checkpoint: checkpointAt(10) });
    expect(savedRunOf(run.getState())).toMatchObject({ status: 'paused', checkpoint: { state: { step: 10 } } });
  });

  it('stays quick over very many steps, and its curves whole and in order', () => {
    const { client, run } = setUp();
    run.getState().start(job);
    client.tell({ kind: 'started', info: someInfo, step: 0 });
    const total = 200_000;
    let copies = 0;
    let last = run.getState().history;
    for (let step = 0; step < total; step += 50) {
      client.tell(steps(step, 50));
      const { history, pending } = run.getState();
      // Never more behind than a 512th, and never a step lost between the two.
      expect(history.losses.length + pending.losses.length).toBe(step + 50);
      if (pending.losses.length * 512 > history.losses.length + 50 * 512) throw new Error(`too far behind at ${step}`);
      if (history !== last) copies += history.losses.length;
      last = history;
    }
    client.tell({ kind: 'paused', checkpoint: checkpointAt(1) });
    const { losses } = run.getState().history;
    expect(losses).toHaveLength(total);
    expect([losses[0], losses[99_999], losses[total - 1]]).toEqual([1, 1 / 100_000, 1 / total]);
    // Copying at every event would move total²/(2·50) = 4·10⁸ numbers, at twice the length four times as many.
    expect(copies).toBeLessThan(550 * total);
  });
});
