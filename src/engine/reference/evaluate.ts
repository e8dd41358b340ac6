import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';
import type { Batch, Evaluation } from '../program';
import type { Network } from './network';
import { lossSum, metricSum, penaltySum, type Objective, upload } from './objective';
import { type Tensors, read, yieldToEvents } from './tensors';

/** Batches whose results are fetched together: each fetch waits for the device. */
const BATCHES_PER_READ = 8;

/**
 * Loss, metric and confusion over batches, in inference mode. Classes and metric are those of the last output.
 */
export async function evaluate(
  tf: Tf,
  network: Network,
  objective: Objective,
  weights: Tensors,
  batches: Iterable<Batch>,
): Promise<Evaluation> {
  const head = objective.heads.at(-1);
  const classes = objective.task === 'classes' && head ? Math.max(2, head.units) : 0;
  const confusion = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  let [loss, correct, counted] = [0, 0, 0];

  /** [2 + batch]: loss and metric summed, then the predicted classes. */
  const results = (batch: Batch): Tensor =>
    tf.tidy(() => {
      const given = upload(tf, network, objective, batch);
      const values = network.run(given.inputs, { weights, training: false, seed: 0, step: 0 });
      const sums = [lossSum(tf, objective, values, given), metricSum(tf, objective, values, given) ?? tf.scalar(0)];
      const predictions = head && values.get(head.tensor);
      const predicted = classes > 0 && predictions ? [classesOf(tf, objective, predictions)] : [];
      return tf.concat([...sums.map((sum) => tf.reshape(sum, [1])), ...predicted]);
    });

  const collect = async (pending: readonly { readonly batch: Batch; readonly result: Tensor }[]) => {
    if (pending.length === 0) return;
    const joined = tf.tidy(() => tf.concat(pending.map(({ result }) => result)));
    tf.dispose(pending.map(({ result }) => result));
    const numbers = await read(joined);
    joined.dispose();
    let at = 0;
    for (const { batch, result } of pending) {
      loss += numbers[at] ?? NaN;
      correct += numbers[at + 1] ?? NaN;
      const targets = batch.targets.at(-1);
      batch.counts.forEach((count, i) => {
        counted += count;
        const row = confusion[targets?.[i] ?? -1];
        const column = numbers[at + 2 + i];
        if (row && column !== undefined && row[column] !== undefined) row[column] += count;
      });
      at += result.size;
    }
  };

  let pending: { batch: Batch; result: Tensor }[] = [];
  for (const batch of batches) {
    pending.push({ batch, result: results(batch) });
    if (pending.length < BATCHES_PER_READ) continue;
    await collect(pending);
    pending = [];
    await yieldToEvents();
  }
  await collect(pending);
  const penalty = tf.tidy(() => penaltySum(tf, objective, weights)?.clone() ?? tf.scalar(0));
  const [added = 0] = await read(penalty);
  penalty.dispose();
  return {
    loss: loss / counted + added,
    accuracy: objective.metric ? correct / counted : null,
    confusion: classes > 0 ? confusion : null,
  };
}

/** The class of each example that a head's numbers say, as floats. [batch, units] → [batch] */
function classesOf(tf: Tf, { heads }: Objective, predictions: Tensor): Tensor {
  const from = heads.at(-1)?.from ?? 'outputs';
  const rows = tf.reshape(predictions, [predictions.shape[0] ?? 0, -1]);
  if (rows.shape[1] !== 1) return tf.cast(tf.argMax(rows, 1), 'float32');
  const threshold = { outputs: 0.5, sigmoidLogits: 0, softmaxLogits: -Infinity }[from];
  return tf.cast(tf.greater(tf.reshape(rows, [-1]), threshold), 'float32');
}
