import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';
import type { Batch } from '../program';
import { compileShaders, hasShaders } from './compileShaders';
import type { Network } from './network';
import { type Objective, upload } from './objective';
import { type Optimiser, optimise } from './optimise';
import { backward } from './passes';
import { type Snapshot, sizeOf, type StateShapes } from './snapshot';

/** What steps are made of. */
interface Steps {
  readonly network: Network;
  readonly objective: Objective;
  readonly optimiser: Optimiser;
  readonly trainable: readonly string[];
  readonly shapes: StateShapes;
  readonly batchSize: number;
}

/**
 * Compiles what the steps of a run will run, on webgl and webgpu, without keeping this thread: else the first step would
 * hold it for seconds. Elsewhere nothing is compiled, nor told.
 * @param onProgress is told the share that is compiled, 0 before anything is.
 */
export async function compileAhead(tf: Tf, steps: Steps, onProgress: (share: number) => void): Promise<void> {
  if (!hasShaders(tf)) return;
  onProgress(0);
  const { network, objective, optimiser, trainable, shapes } = steps;
  const batch = emptyBatch(steps);
  await compileShaders(
    tf,
    () =>
      tf.tidy(() => {
        // Two: in the first weights and slots still come from the processor.
        let state = emptyState(tf, shapes);
        for (let step = 0; step < 2; step += 1) {
          const given = upload(tf, network, objective, batch);
          const passed = backward(tf, network, objective, trainable, given, { weights: state.weights, seed: 0, step });
          state = optimise(tf, optimiser, state, passed, 1);
          tf.stack([passed.loss, passed.metric ?? tf.scalar(0)]);
        }
      }),
    onProgress,
  );
}

function emptyState(tf: Tf, { weights, slots }: StateShapes): Snapshot {
  const zeros = (all: ReadonlyMap<string, readonly number[]>): Record<string, Tensor> =>
    Object.fromEntries([...all].map(([key, shape]) => [key, tf.zeros([...shape])]));
  return { step: 0, weights: zeros(weights), slots: zeros(slots) };
}

function emptyBatch({ network, objective, batchSize }: Steps): Batch {
  const targetsOf = objective.task === 'classes' ? () => 1 : (units: number) => units;
  return {
    inputs: network.inputs.map(({ sizes }) => new Float32Array(batchSize * sizeOf(sizes))),
    targets: objective.heads.map(({ units }) => new Float32Array(batchSize * targetsOf(units))),
    counts: new Float32Array(batchSize).fill(1),
  };
}
