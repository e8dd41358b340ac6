import { Gauge } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { BackendReport } from '@/training/protocol';
import { never } from '@/core/result';
import { useCommand } from '../commands/useCommand';
import { Button } from '../components/Button';
import { classes } from '../components/classes';
import { stepTime } from '../components/format';
import { useRun } from '../useApp';

function reasonFor(how: BackendReport['how']): string {
  switch (how) {
    case 'asked':
      return 'You chose this backend. With “auto” the fastest one is taken.';
    case 'timed':
      return 'The fastest here at a training step of this network.';
    case 'remembered':
      return 'The fastest here at a training step of this network, as timed before an earlier run.';
    case 'alone':
      return 'The only one here that comes into question, so nothing was timed.';
    default:
      return never(how);
  }
}

/** What the run computes on; opens what is known of the backends and why this one was taken. */
export function BackendDetails() {
  const detail = useRun((state) => state.info?.backend ?? null);
  // Runs that an earlier version stored have none.
  const choice = useRun((state) => state.info?.choice ?? null);
  if (detail === null) return null;
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={`Backend: ${detail}`}
        className={classes(
          'hidden h-7.5 min-w-0 shrink-0 items-center gap-1.5 rounded-[7px] px-1.5 text-sm text-muted @md:flex @3xl:shrink',
          'hover:bg-ground hover:text-ink data-[state=open]:bg-ground data-[state=open]:text-ink',
        )}
      >
        <Gauge size={14} aria-hidden className="shrink-0" />
        <span className="mono hidden truncate @3xl:block">{detail}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Backend"
          className={classes(
            'z-50 max-h-(--radix-popover-content-available-height) w-88 max-w-[calc(100vw-16px)] overflow-auto',
            'rounded-xl border border-line bg-panel p-3.5 text-sm text-ink shadow-card',
          )}
        >
          <p className="mono font-semibold wrap-break-word">{detail}</p>
          {choice && <Choice choice={choice} />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choice({ choice }: { readonly choice: BackendReport }) {
  const retime = useCommand('train.retime');
  const { name: taken, how, trials } = choice;
  return (
    <>
      <p className="mt-1 text-muted">{reasonFor(how)}</p>
      {trials.length > 0 && (
        <table className="mt-2.5 w-full">
          <caption className="sr-only">Backends, and how long a training step takes on each</caption>
          <thead className="sr-only">
            <tr>
              <th>Backend</th>
              <th>Step</th>
            </tr>
          </thead>
          <tbody>
            {trials.map(({ name, ms, note }) => (
              <tr key={name} className="border-t border-line align-baseline">
                <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                  <span className={classes('mono', name === taken && 'font-semibold text-accent')}>{name}</span>
                  <span className="block text-xs text-muted">{note}</span>
                </th>
                <td className="mono py-1.5 text-right whitespace-nowrap">
                  {ms === null ? <span className="text-xs text-muted">not timed</span> : `${stepTime(ms)} a step`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(how === 'timed' || how === 'remembered') && (
        <Popover.Close asChild>
          <Button small className="mt-2" onClick={retime.run}>
            {retime.title}
          </Button>
        </Popover.Close>
      )}
    </>
  );
}
