import { useMemo } from 'react';
import { findDataset } from '@/datasets/registry';
import { Button } from '../components/Button';
import { classes as joined } from '../components/classes';
import { count, loss as lossText, plural } from '../components/format';
import { ProblemCard } from '../components/ProblemCard';
import { useFixes } from '../components/useFixes';
import { useApp, useDocument, useRun } from '../useApp';
import { Confusion } from './Confusion';
import { curveOf, type Curve } from './curve';
import { Curves } from './Curves';
import { changedText } from './staleness';
import { TrainNumbers } from './TrainNumbers';
import { isUnderWay, useJob, useStart, useWaysOut } from './useTraining';

/** Watch it learn. */
export function TrainTab() {
  const status = useRun((state) => state.status);
  const known = useRun((state) => state.info !== null);
  if (status === 'idle') return <Idle />;
  if (status === 'preparing') return <Preparing />;
  return known ? <Running /> : <Notes />;
}

/** Before the first run: what a start would do, or what stands in its way. */
function Idle() {
  const { job } = useJob();
  const fixesOf = useFixes();
  const recipe = useDocument((state) => state.document.recipe);
  const dataset = useDocument((state) => state.document.dataset);
  const empty = useDocument((state) => state.document.nodes.length === 0);
  const { view } = useApp();
  if (job.ok) {
    const examples = (dataset !== null && findDataset(dataset)) || null;
    return (
      <div className="p-4 text-muted">
        <p>
          Start trains the network on {examples?.title ?? dataset}: {plural(recipe.epochs, 'epoch')} over{' '}
          {examples ? `${count(examples.counts.train)} examples` : 'its examples'}
          {recipe.validation > 0 && `, ${Number((100 * recipe.validation).toFixed(1))} % of them set aside to check on`},{' '}
          {count(recipe.batchSize)} at a time.
        </p>
        <Button
          className="mt-2.5"
          small
          onClick={() => view.getState().set({ inspectorOpen: true, inspectorTab: 'model' })}
        >
          See data and recipe
        </Button>
      </div>
    );
  }
  if (empty) {
    return (
      <p className="p-4 text-muted">
        There is nothing to train yet: draw an Input, some layers and an Output, or open one of the presets.
      </p>
    );
  }
  const [first, ...more] = job.error;
  return (
    <div className="flex max-w-160 flex-col items-start gap-2 p-3.5">
      {first && <ProblemCard problem={first} fixes={fixesOf(first)} className="w-full" />}
      {more.length > 0 && (
        <Button small onClick={() => view.getState().set({ dockTab: 'problems' })}>
          And {plural(more.length, 'more problem')}
        </Button>
      )}
    </div>
  );
}

function Preparing() {
  const preparing = useRun((state) => state.preparing);
  const share = preparing?.share ?? null;
  return (
    <div className="flex max-w-120 flex-col gap-2 p-4">
      <p>
        {preparing?.what ?? 'Preparing the run'}
        {share !== null && <span className="mono text-muted"> {Math.round(100 * share)} %</span>}
      </p>
      <div
        role="progressbar"
        aria-label={preparing?.what ?? 'Preparing the run'}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(100 * share)}
        className="h-1.25 overflow-hidden rounded-full bg-line"
      >
        <div
          className={
            share === null ? 'h-full w-1/4 animate-pulse rounded-full bg-accent' : 'h-full rounded-full bg-accent'
          }
          style={share === null ? undefined : { width: `${100 * share}%` }}
        />
      </div>
    </div>
  );
}

/** What must be said about the run: its problem, what it does not perform, that the document went on without it. */
function Notes() {
  const status = useRun((state) => state.status);
  const problem = useRun((state) => state.problem);
  const moves = useRun((state) => state.moves);
  const preparing = useRun((state) => state.preparing);
  const missing = useRun((state) => state.info?.notPerformed) ?? [];
  const { outdated, job } = useJob();
  const start = useStart();
  const waysOut = useWaysOut();
  const goesOn = isUnderWay(status);
  return (
    <div className="flex flex-col gap-2 px-3.5 empty:hidden not-empty:pt-2.5">
      {moves.map((move) => (
        <ProblemCard key={`${move.from}, ${move.to}`} problem={move.problem} />
      ))}
      {preparing && <p className="text-sm text-muted">{preparing.what}</p>}
      {problem && <ProblemCard problem={problem} fixes={waysOut(problem)} />}
      {outdated.length > 0 && (
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-muted">
          {changedText(outdated)}
          {goesOn ? '; it goes on with the old one.' : '; its numbers belong to the old one.'}
          {goesOn && (
            <Button small onClick={start}>
              Start anew
            </Button>
          )}
        </p>
      )}
      {!job.ok && goesOn && (
        <p className="text-sm text-muted">
          The network as drawn now has problems; this run goes on with the one it began with.
        </p>
      )}
      {missing.length > 0 && <p className="text-sm text-warn">Not performed by this version: {missing.join('; ')}.</p>}
    </div>
  );
}

/** A curve's half-life: a hundredth of the run, so that it looks alike however long it takes. */
const halfLifeOf = (totalSteps: number) => Math.max(1, totalSteps / 100);

// Long histories are read from the store where they are used: as properties, React's development build would compare
// them value by value.
function useCurves(): { readonly loss: Curve; readonly accuracy: Curve | null } {
  const { losses, accuracies, epochs } = useRun((state) => state.history);
  const perEpoch = useRun((state) => state.info?.stepsPerEpoch) ?? 1;
  const halfLife = halfLifeOf(useRun((state) => state.info?.totalSteps) ?? 0);
  const classes = useRun((state) => state.info?.classes) ?? null;
  const loss = useMemo(
    () =>
      curveOf(
        losses,
        epochs.map((each) => ({ step: each.epoch * perEpoch, value: each.valLoss })),
        halfLife,
      ),
    [losses, epochs, perEpoch, halfLife],
  );
  const accuracy = useMemo(
    () =>
      classes &&
      curveOf(
        accuracies,
        epochs.map((each) => ({ step: each.epoch * perEpoch, value: each.valAccuracy })),
        halfLife,
      ),
    [accuracies, epochs, perEpoch, halfLife, classes],
  );
  return { loss, accuracy };
}

function Running() {
  const { loss, accuracy } = useCurves();
  const tested = useRun((state) => state.test !== null);
  const evaluation = useRun((state) => state.test ?? state.validation);
  const of = tested ? 'test' : 'validation';
  const classes = useRun((state) => state.info?.classes) ?? null;
  const totalSteps = useRun((state) => state.info?.totalSteps) ?? 0;
  return (
    <div className="flex h-full flex-col">
      <Notes />
      <div
        className={joined(
          'grid min-h-44 flex-1 grid-cols-[184px_minmax(0,1fr)] gap-x-4 p-3.5 pt-2.5',
          '@2xl:grid-cols-[184px_minmax(0,1fr)_176px]',
        )}
      >
        <TrainNumbers loss={loss.last} accuracy={accuracy?.last ?? null} />
        <Curves loss={loss} accuracy={accuracy} totalSteps={totalSteps} />
        <div className="hidden min-h-0 @2xl:block">
          {!evaluation ? (
            <p className="text-xs text-muted">
              {classes
                ? 'After the first epoch: which class is taken for which.'
                : 'After the first epoch: how far off the predictions are.'}
            </p>
          ) : evaluation.confusion && classes ? (
            <Confusion of={of} matrix={evaluation.confusion} classes={classes} />
          ) : (
            <HowFarOff of={of} loss={evaluation.loss} />
          )}
        </div>
      </div>
    </div>
  );
}

/** For values there is no confusion: the loss, and what it says of a single prediction. */
function HowFarOff({ of, loss }: { readonly of: string; readonly loss: number }) {
  const squared = useRun((state) => state.job?.recipe.loss === 'squaredError');
  return (
    <div className="text-sm">
      <p className="text-xs text-muted">How far off, {of}</p>
      <p className="mt-1">
        The loss is <span className="mono">{lossText(loss)}</span>
        {squared && (
          <>
            ; a prediction is typically off by its root, <span className="mono">{lossText(Math.sqrt(loss))}</span>
          </>
        )}
        .
      </p>
    </div>
  );
}
