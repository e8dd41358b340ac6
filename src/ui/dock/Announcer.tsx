import { never } from '@/core/result';
import type { RunState } from '@/state/runStore';
import { accuracy, loss } from '../components/format';
import { useRun } from '../useApp';

/** What is said of a run to those who don't see it: its beginning, its end, what went wrong. */
function announcement({ status, test, problem, moves }: RunState): string {
  const tested = !test
    ? ''
    : test.accuracy === null
      ? ` The test loss is ${loss(test.loss)}.`
      : ` The test accuracy is ${accuracy(test.accuracy)}.`;
  switch (status) {
    case 'idle':
      return '';
    case 'preparing':
      return 'The training is being prepared.';
    case 'running':
      return moves.at(-1)?.problem.message ?? 'The training runs.';
    case 'paused':
      return 'The training is paused.';
    case 'finished':
      return `The training has finished.${tested}`;
    case 'stopped':
      return `The training was stopped.${tested}`;
    case 'diverged':
    case 'failed':
      return `The training has ${status}. ${problem?.message ?? ''}`;
    default:
      return never(status);
  }
}

export function Announcer() {
  const text = useRun(announcement);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
