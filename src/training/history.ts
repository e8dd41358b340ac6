import { problem, type Problem } from '@/core/problem';
import type { Checkpoint, EpochReport } from './protocol';

/**
 * Means over an epoch's steps, weighted by the examples that counted in each. Taken from the curves alone, so that a
 * run that went on in the middle of an epoch reports what an uninterrupted one would have.
 * @param epoch counts from 0.
 */
export function epochMeans(
  losses: readonly number[],
  accuracies: readonly (number | null)[],
  epoch: number,
  stepsPerEpoch: number,
  countedAt: (step: number) => number,
): Pick<EpochReport, 'loss' | 'accuracy'> {
  const last = Math.min((epoch + 1) * stepsPerEpoch, losses.length);
  let counted = 0;
  let loss = 0;
  let accuracy: number | null = 0;
  for (let step = epoch * stepsPerEpoch; step < last; step += 1) {
    const count = countedAt(step);
    const correct = accuracies[step] ?? null;
    counted += count;
    loss += losses[step]! * count;
    accuracy = accuracy === null || correct === null ? null : accuracy + correct * count;
  }
  return { loss: loss / counted, accuracy: accuracy === null ? null : accuracy / counted };
}

/** Why a run can't go on from a checkpoint, `null` where it can. */
export function checkpointProblem(
  { state, history }: Checkpoint,
  weights: readonly { readonly key: string; readonly shape: readonly number[] }[],
  stepsPerEpoch: number,
): Problem | null {
  if (history.losses.length !== state.step || history.accuracies.length !== state.step) {
    return problem(
      'checkpoint.history',
      `The checkpoint is from step ${state.step}, but its curve has ${history.losses.length} steps. Start again.`,
      { expected: String(state.step), got: String(history.losses.length) },
    );
  }
  const done = Math.floor(state.step / stepsPerEpoch);
  const reported = history.epochs.length;
  const atBoundary = state.step % stepsPerEpoch === 0;
  if (reported !== done && !(atBoundary && reported === done - 1)) {
    return problem(
      'checkpoint.epochs',
      `The checkpoint has ${reported} epochs in ${state.step} steps; with ${stepsPerEpoch} steps an epoch ` +
        `it would have ${done}. Go on with the batch size and the data of that run, or start again.`,
      { expected: String(done), got: String(reported) },
    );
  }
  for (const { key, shape } of weights) {
    const size = shape.reduce((product, n) => product * n, 1);
    const got = state.weights[key]?.length;
    if (got === undefined || got === size) continue;
    return problem(
      'checkpoint.weights',
      `The checkpoint holds ${got} numbers for ${key}, and the network has ${size} there (${shape.join('×')}): ` +
        'it is from another network. Start again with new weights.',
      { expected: String(size), got: String(got) },
    );
  }
  return null;
}
