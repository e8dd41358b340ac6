import { accuracy, clock, count, loss, rate, stepTime } from '../components/format';
import { KeyValue } from '../components/KeyValue';
import { useRun } from '../useApp';

interface TrainNumbersProps {
  /** Newest smoothed values, the ends of the curves. */
  readonly loss: number | null;
  readonly accuracy: number | null;
}

/** Where the run stands, in figures. */
export function TrainNumbers({ loss: lossNow, accuracy: accuracyNow }: TrainNumbersProps) {
  const run = useRun((state) => state);
  const { info, step, history, test } = run;
  const perEpoch = info?.stepsPerEpoch ?? 0;
  const total = info?.totalSteps ?? 0;
  const epochs = run.job?.recipe.epochs ?? 0;
  const epoch = perEpoch > 0 ? Math.min(epochs, Math.floor(step / perEpoch) + 1) : 0;
  const last = history.epochs.at(-1);
  const classes = info?.classes !== null;
  const measured = classes ? last?.valAccuracy : last?.valLoss;
  const validation = measured === null || measured === undefined ? null : classes ? accuracy(measured) : loss(measured);
  const goesOn = run.status === 'running' || run.status === 'paused';
  return (
    <div className="min-w-0">
      <KeyValue
        rows={[
          ['epoch', `${count(epoch)} / ${count(epochs)}`],
          ['step', `${count(step)} / ${count(total)}`],
          ['step time', run.msPerStep === null ? null : stepTime(run.msPerStep)],
          ['left', goesOn && run.msLeft !== null ? clock(run.msLeft) : null],
        ]}
      />
      <div
        role="progressbar"
        aria-label="Steps done"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={step}
        className="my-2 h-1.25 overflow-hidden rounded-full bg-line"
      >
        <div className="h-full rounded-full bg-accent" style={{ width: `${total > 0 ? (100 * step) / total : 0}%` }} />
      </div>
      <KeyValue
        rows={[
          ['loss', lossNow === null ? '…' : loss(lossNow)],
          ['accuracy', accuracyNow === null ? null : accuracy(accuracyNow)],
          ['validation', validation],
          ['rate', !goesOn || run.learningRate === null ? null : rate(run.learningRate)],
          ['test accuracy', test?.accuracy === null || !test ? null : <b key="a">{accuracy(test.accuracy)}</b>],
          ['test loss', test ? <b key="l">{loss(test.loss)}</b> : null],
        ]}
      />
    </div>
  );
}
