import { compilationOf } from '../compilation';
import type { Desk } from '../desk';
import { isActive } from '../runStore';
import { jobFor } from '../training';
import { command } from './define';

/** Starts training, or shows what stands in the way. */
function begin({ documents, run, view, canvas }: Desk): void {
  const { document } = documents.getState();
  const job = jobFor(document, compilationOf(document), view.getState().backend);
  if (job.ok) {
    run.getState().start(job.value);
    view.getState().set({ dockOpen: true, dockTab: 'train' });
    canvas.getState().announce('Training.');
    return;
  }
  view.getState().set({ dockOpen: true, dockTab: 'problems' });
  const [first] = job.error;
  canvas.getState().announce(`Can’t train yet. ${first?.message ?? ''}`);
  if (first?.node) view.getState().revealNode(first.node);
}

/** Train, pause and go on: one button, one key. */
export const train = command({
  id: 'train.toggle',
  group: 'Train',
  title: ({ run }) => {
    const { status } = run.getState();
    if (status === 'preparing') return 'Preparing…';
    if (status === 'running') return 'Pause';
    return status === 'paused' ? 'Resume' : status === 'idle' ? 'Train' : 'Train again';
  },
  keys: ['mod+enter'],
  inFields: true,
  keywords: ['run', 'start', 'learn', 'fit', 'pause', 'resume'],
  enabled: ({ run }) => run.getState().status !== 'preparing',
  run: (desk) => {
    const { status, pause, resume } = desk.run.getState();
    if (status === 'running') pause();
    else if (status === 'paused') resume();
    else begin(desk);
  },
});

export const stop = command({
  id: 'train.stop',
  group: 'Train',
  title: 'Stop training',
  keywords: ['end', 'abort'],
  enabled: ({ run }) => isActive(run.getState().status) || run.getState().status === 'paused',
  run: ({ run }) => run.getState().stop(),
});

export const retime = command({
  id: 'train.retime',
  group: 'Train',
  title: 'Time the backends again at the next start',
  keywords: ['backend', 'measure', 'fastest', 'speed', 'webgpu', 'webgl', 'wasm', 'auto'],
  run: async ({ run, services }) => {
    await run.getState().forgetTimes();
    services.notify('The next start times the backends again.');
  },
});

export const reset = command({
  id: 'train.reset',
  group: 'Train',
  title: 'Reset: forget the run and its weights',
  enabled: ({ run }) => run.getState().status !== 'idle',
  run: ({ run }) => run.getState().reset(),
});
