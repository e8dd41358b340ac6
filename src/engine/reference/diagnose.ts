import type { Tensor } from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import type { Tf } from '../kernels/tf';
import type { Divergence } from '../program';
import { type Network, tensorName } from './network';
import { type DeviceBatch, meanLoss, type Objective } from './objective';
import { type Optimiser, optimise } from './optimise';
import { backward } from './passes';
import type { Snapshot } from './snapshot';
import { read } from './tensors';

async function isFinite(tensor: Tensor): Promise<boolean> {
  return (await read(tensor)).every(Number.isFinite);
}

/** Key of a weight, or of a slot of it, to the node path that stands before. */
const pathOf = (plan: Plan, key: string): string | null =>
  plan.layers.find(({ weights }) => weights.some((weight) => `${key}/`.startsWith(`${weight.key}/`)))?.path ?? null;

/** What a run is made of, its state aside. */
interface Run {
  readonly network: Network;
  readonly objective: Objective;
  readonly optimiser: Optimiser;
  /** Keys of the weights that the optimizer moves, in the order of the plan. */
  readonly trainable: readonly string[];
  readonly seed: number;
}

/**
 * Takes a step apart, changing nothing: each layer's output in the order of the plan, the examples themselves first;
 * the loss; each weight's gradient, in the order in which the backward pass reaches it; each new weight.
 */
export async function diagnose(
  tf: Tf,
  plan: Plan,
  { network, objective, optimiser, trainable, seed }: Run,
  snapshot: Snapshot,
  upload: () => DeviceBatch,
  learningRate: number,
): Promise<Divergence | null> {
  const made: Tensor[] = [];
  const keep = (tensors: readonly Tensor[]) => made.push(...tensors);
  try {
    const batch = upload();
    keep([...batch.inputs, ...batch.targets, batch.counts]);
    const pass = { weights: snapshot.weights, seed, step: snapshot.step };

    const { outputs, loss } = tf.tidy(() => {
      const values = network.run(batch.inputs, { ...pass, training: true });
      return { outputs: Object.fromEntries(values), loss: meanLoss(tf, objective, values, batch, pass.weights) };
    });
    keep([...Object.values(outputs), loss]);
    const isInput = new Set(network.inputs.map(({ name }) => name));
    const units = [...network.units.filter(({ name }) => isInput.has(name)), ...network.units];
    for (const { name, path } of units) {
      for (let index = 0; ; index += 1) {
        const output = outputs[tensorName({ layer: name, index })];
        if (!output) break;
        if (!(await isFinite(output))) return { phase: 'forward', path };
      }
    }
    if (!(await isFinite(loss))) return { phase: 'forward', path: null };

    const { gradients, next } = tf.tidy(() => {
      const passed = backward(tf, network, objective, trainable, batch, pass);
      return { gradients: passed.gradients, next: optimise(tf, optimiser, snapshot, passed, learningRate) };
    });
    const old = new Set([...Object.values(snapshot.weights), ...Object.values(snapshot.slots)]);
    const fresh = Object.entries({ ...next.weights, ...next.slots }).filter(([, tensor]) => !old.has(tensor));
    keep([...Object.values(gradients), ...fresh.map(([, tensor]) => tensor)]);
    for (const key of trainable.toReversed()) {
      const gradient = gradients[key];
      if (gradient && !(await isFinite(gradient))) return { phase: 'gradient', path: pathOf(plan, key) };
    }
    for (const [key, tensor] of fresh) {
      if (!(await isFinite(tensor))) return { phase: 'update', path: pathOf(plan, key) };
    }
    return null;
  } finally {
    tf.dispose(made);
  }
}
