import { useMemo } from 'react';
import { findDataset } from '@/datasets/registry';
import type { RunState } from '@/state/runStore';
import { Button } from '../components/Button';
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
  const run = useRun((state) => state);
  if (run.status === 'idle') return <Idle />;
  if (run.status === 'preparing' && run.step === 0) return <Preparing run={run} />;
  if (!run.info) return <Notes run={run} />;
  return <Running run={run} />;
}

/** Before the first run: what a start would do, or what stands in its way. */
function Idle() {
  const { job } = useJob();
  const fixesOf = useFixes();
  const recipe = useDocument((state) => state.document.recipe);
  const dataset = useDocument((state) => state.document.dataset);
  const { view } = useApp();
  if (job.ok) {
    const examples = (dataset !== null && findDataset(dataset)) || null;
    return (
      <div className="p-4 text-muted">
        <p>
          Start trains the network on {examples?.title ?? dataset}: {plural(recipe.epochs, 'epoch')} over{' '}
          {examples ? `${count(examples.counts.train)} examples` : 'its examples'}, {count(recipe.batchSize)} at a time.
        </p>
        <Button className="mt-2.5" small onClick={() => view.getState().set({ inspectorOpen: true, inspectorTab: 'model' })}>
          See data and recipe
        </Button>
      </div>
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

function Preparing({ run }: { readonly run: RunState }) {
  const { preparing } = run;
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
          className={share === null ? 'h-full w-1/4 animate-pulse rounded-full bg-accent' : 'h-full rounded-full bg-accent'}
          style={share === null ? undefined : { width: `${100 * share}%` }}
        />
      </div>
    </div>
  );
}

/** What must be said about the run: its problem, what it does not perform, that the document went on without it. */
function Notes({ run }: { readonly run: RunState }) {
  const { outdated, job } = useJob();
  const start = useStart();
  const waysOut = useWaysOut();
  const goesOn = isUnderWay(run.status);
  const missing = run.info?.notPerformed ?? [];
  return (
    <div className="flex flex-col gap-2 px-3.5 empty:hidden not-empty:pt-2.5">
      {run.problem && <ProblemCard problem={run.problem} fixes={waysOut(run.problem)} />}
      {outdated.length > 0 && (
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-muted">
          {changedText(outdated)}
          {goesOn ? '; it goes on with the old one.' : '; its numbers belong to the old one.'}
          <Button small onClick={start}>
            Start anew
          </Button>
        </p>
      )}
      {!job.ok && goesOn && (
        <p className="text-sm text-muted">The network as drawn now has problems; this run goes on with the one it began with.</p>
      )}
      {missing.length > 0 && <p className="text-sm text-warn">Not performed by this version: {missing.join('; ')}.</p>}
    </div>
  );
}

/** A curve's half-life: a hundredth of the run, so that it looks alike however long it takes. */
const halfLifeOf = (totalSteps: number) => Math.max(1, totalSteps / 100);

function useCurves(run: RunState): { readonly loss: Curve; readonly accuracy: Curve | null } {
  const { losses, accuracies, epochs } = run.history;
  const perEpoch = run.info?.stepsPerEpoch ?? 1;
  const halfLife = halfLifeOf(run.info?.totalSteps ?? 0);
  const classes = run.info?.classes ?? null;
  const loss = useMemo(
    () => curveOf(losses, epochs.map((each) => ({ step: each.epoch * perEpoch, value: each.valLoss })), halfLife),
    [losses, epochs, perEpoch, halfLife],
  );
  const accuracy = useMemo(
    () =>
      classes &&
      curveOf(accuracies, epochs.map((each) => ({ step: each.epoch * perEpoch, value: each.valAccuracy })), halfLife),
    [accuracies, epochs, perEpoch, halfLife, classes],
  );
  return { loss, accuracy };
}

function Running({ run }: { readonly run: RunState }) {
  const { loss, accuracy } = useCurves(run);
  const evaluation = run.test ?? run.validation;
  const of = run.test ? 'test' : 'validation';
  const classes = run.info?.classes ?? null;
  return (
    <div className="flex h-full flex-col">
      <Notes run={run} />
      <div className="grid min-h-44 flex-1 grid-cols-[184px_minmax(0,1fr)] gap-x-4 p-3.5 pt-2.5 @2xl:grid-cols-[184px_minmax(0,1fr)_176px]">
        <TrainNumbers run={run} loss={loss} accuracy={accuracy} />
        <Curves loss={loss} accuracy={accuracy} totalSteps={run.info?.totalSteps ?? 0} />
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
            <p className="text-sm">
              <span className="text-xs text-muted">Predicted against true, {of}</span>
              <br />
              The loss is <span className="mono">{lossText(evaluation.loss)}</span>; a prediction is typically off by{' '}
              <span className="mono">{lossText(Math.sqrt(evaluation.loss))}</span>, its root.
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
