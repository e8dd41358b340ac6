import type { Batch, Divergence } from '../program';
import { type Parts, readValue } from './frame';
import type { StepControl, Training } from './training';

const allFinite = (values: Float32Array): boolean => values.every(Number.isFinite);

/**
 * Takes a step apart, changing nothing: each layer's output in the order of the plan, the examples themselves first;
 * the loss; each weight's gradient, in the order in which the way back reaches it; each new weight.
 */
export function diagnose(
  { plan, store, machine }: Parts,
  /** With all values kept. */
  training: Training,
  batch: Batch,
  control: StepControl,
): Divergence | null {
  const { loss } = training.forward(batch, control);
  const isInput = new Set(plan.inputs);
  const order = [...plan.inputs, ...plan.layers.keys()].filter((i, at) => at < plan.inputs.length || !isInput.has(i));
  for (const i of order) {
    const { path } = plan.layers[i]!;
    if (!(training.network.values[i] ?? []).every((value) => allFinite(readValue(machine, value)))) {
      return { phase: 'forward', path };
    }
  }
  if (!Number.isFinite(loss)) return { phase: 'forward', path: null };

  training.backward();
  const gradients = store.gradients();
  const trained = plan.layers.flatMap(({ path, weights }) => weights.map(({ key }) => ({ path, key })));
  for (const { path, key } of trained.toReversed()) {
    const gradient = gradients[key];
    if (gradient && !allFinite(gradient)) return { phase: 'gradient', path };
  }
  const before = { weights: store.weights(), slots: store.slots() };
  training.update();
  const after = { weights: store.weights(), slots: store.slots() };
  store.restore(before);
  for (const { path, key } of trained) {
    const own = [after.weights[key], ...Object.entries(after.slots).flatMap(([name, v]) => (name.startsWith(`${key}/`) ? [v] : []))];
    if (!own.every((values) => !values || allFinite(values))) return { phase: 'update', path };
  }
  return null;
}
