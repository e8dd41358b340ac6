import type { EpochReport, TrainingEvent } from '@/training/protocol';

/** The last line of a run. */
export interface Outcome {
  readonly test: { readonly loss: number | null; readonly accuracy: number | null };
  readonly steps: number;
  readonly msPerStep: number;
}

const CLEAR = '\r\u001b[K';

/** `0.4213`, or nothing. */
const fixed = (value: number | null, digits = 4) => (value === null ? '–' : value.toFixed(digits));
const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
const seconds = (ms: number) => (ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`);

function epochText({ epoch, loss, accuracy, valLoss, valAccuracy, ms }: EpochReport): string {
  const validation = valLoss === null ? '' : `   validation ${fixed(valLoss)}  ${percent(valAccuracy)}`;
  return `epoch ${String(epoch).padStart(3)}   loss ${fixed(loss)}  ${percent(accuracy)}${validation}   ${seconds(ms)}`;
}

/** Progress on stderr, results on stdout: for people, or a JSON line each. */
export function createReporter(json: boolean) {
  let backend: string | null = null;
  let totalSteps = 0;
  let open = false;
  const live = process.stderr.isTTY;

  /** On a terminal the line of progress is written over; elsewhere it would only fill the log. */
  const progress = (text: string): void => {
    if (!live) return;
    process.stderr.write(`${CLEAR}${text}`);
    open = true;
  };
  const closeLine = (): void => {
    if (open) process.stderr.write(CLEAR);
    open = false;
  };
  const say = (text: string): void => {
    closeLine();
    process.stderr.write(`${text}\n`);
  };
  const result = (text: string): void => {
    closeLine();
    process.stdout.write(`${text}\n`);
  };

  return {
    get backend() {
      return backend;
    },
    tell: (event: TrainingEvent): void => {
      switch (event.kind) {
        case 'preparing':
          progress(`${event.what}${event.share === null ? '' : ` ${Math.round(100 * event.share)} %`}`);
          break;
        case 'started': {
          const { info } = event;
          ({ backend, totalSteps } = info);
          say(
            `${info.backend}: ${info.trainCount} examples to train on, ${info.validationCount} to validate, ` +
              `${info.testCount} to test; ${totalSteps} steps`,
          );
          for (const missing of info.notPerformed) say(`Not performed here: ${missing}.`);
          break;
        }
        case 'moved':
          say(event.move.problem.message);
          backend = event.move.to;
          break;
        case 'steps':
          progress(
            `step ${event.step} of ${totalSteps}   loss ${fixed(event.losses.at(-1) ?? null)}   ` +
              `${event.msPerStep.toFixed(1)} ms a step   ${seconds(event.msLeft)} left`,
          );
          break;
        case 'epoch': {
          const { epoch, loss, accuracy, valLoss, valAccuracy, ms } = event.report;
          result(json ? JSON.stringify({ epoch, loss, accuracy, valLoss, valAccuracy, ms }) : epochText(event.report));
          break;
        }
        default:
          closeLine();
      }
    },
    done: ({ test, steps, msPerStep }: Outcome): void => {
      const words =
        `test loss ${fixed(test.loss)}  accuracy ${percent(test.accuracy)}   ${steps} steps of ` +
        `${msPerStep.toFixed(1)} ms`;
      result(json ? JSON.stringify({ done: true, test, steps, msPerStep, backend }) : words);
    },
  };
}
