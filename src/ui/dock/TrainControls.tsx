import { Pause, Play, RotateCcw, Square } from 'lucide-react';
import { useState } from 'react';
import { never } from '@/core/result';
import type { RunStatus } from '@/state/runStore';
import type { BackendChoice } from '@/training/protocol';
import { Button } from '../components/Button';
import { Select } from '../components/Select';
import { useApp, useRun, useView } from '../useApp';
import { BackendDetails } from './BackendDetails';
import { isUnderWay, useJob, useStart } from './useTraining';

const words: Readonly<Record<RunStatus, string>> = {
  idle: '',
  preparing: 'preparing',
  running: 'training',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  diverged: 'diverged',
  failed: 'failed',
};

const backends: readonly { readonly value: BackendChoice; readonly label: string; readonly note: string }[] = [
  { value: 'auto', label: 'auto', note: 'Whichever is fastest, by timing a step' },
  { value: 'wasm', label: 'wasm', note: 'Processor, compiled code' },
  { value: 'cpu', label: 'cpu', note: 'Processor, plain JavaScript; slow' },
  { value: 'webgl', label: 'webgl', note: 'Graphics card' },
  { value: 'webgpu', label: 'webgpu', note: 'Graphics card, newer browsers' },
];

/** What computes, and the buttons that begin, hold and end a run. */
export function TrainControls() {
  const { run, view } = useApp();
  const status = useRun((state) => state.status);
  const backend = useView((state) => state.backend);
  const underWay = isUnderWay(status);
  return (
    <div className="flex min-w-0 items-center gap-2">
      <BackendDetails />
      <span className="hidden text-sm whitespace-nowrap text-muted @lg:block">{words[status]}</span>
      {!underWay && (
        <div className="hidden w-22 shrink-0 @lg:block">
          <Select
            small
            label="Backend of the next run"
            options={backends}
            value={backend}
            onChange={(choice) => view.getState().set({ backend: choice })}
          />
        </div>
      )}
      <Buttons run={run.getState()} />
    </div>
  );
}

interface Actions {
  readonly run: { pause(): void; resume(): void; stop(): void; reset(): void };
}

function Buttons({ run }: Actions) {
  const status = useRun((state) => state.status);
  /** A run that failed goes on from what it kept. */
  const resumable = useRun((state) => state.status === 'failed' && state.checkpoint !== null);
  const { job } = useJob();
  const start = useStart();
  // The step that is being computed is finished first, which a large batch makes long.
  const [stopping, setStopping] = useState(false);
  if (stopping && !isUnderWay(status)) setStopping(false);
  const stop = (
    <Button
      aria-disabled={stopping}
      onClick={() => {
        setStopping(true);
        run.stop();
      }}
    >
      <Square size={12} fill="currentColor" aria-hidden /> {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  );
  const reset = (
    <Button kind="quiet" aria-label="Reset" onClick={() => run.reset()}>
      <RotateCcw size={13} aria-hidden /> <span className="hidden @lg:inline">Reset</span>
    </Button>
  );
  const resume = (
    <Button kind="primary" onClick={() => run.resume()}>
      <Play size={12} fill="currentColor" aria-hidden /> Resume
    </Button>
  );
  const begin = (
    <Button kind={resumable ? 'plain' : 'primary'} aria-disabled={!job.ok} onClick={start}>
      <Play size={12} fill="currentColor" aria-hidden /> {status === 'idle' ? 'Start' : 'Start anew'}
    </Button>
  );
  switch (status) {
    case 'idle':
      return begin;
    case 'preparing':
      return stop;
    case 'running':
      return (
        <>
          <Button onClick={() => run.pause()}>
            <Pause size={12} fill="currentColor" aria-hidden /> Pause
          </Button>
          {stop}
        </>
      );
    case 'paused':
      return (
        <>
          {resume}
          {stop}
          {reset}
        </>
      );
    case 'failed':
      return (
        <>
          {resumable && resume}
          <div className={resumable ? 'hidden @lg:block' : undefined}>{begin}</div>
          {reset}
        </>
      );
    case 'finished':
    case 'stopped':
    case 'diverged':
      return (
        <>
          {begin}
          {reset}
        </>
      );
    default:
      return never(status);
  }
}
