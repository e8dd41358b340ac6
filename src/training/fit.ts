import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { formatShape, withoutBatch } from '@/core/shape';
import type { DatasetDefinition } from '@/datasets/define';

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * Why a plan can't train on a dataset; `null` where it can. The compiler says so too, with fixes, while the network is
 * drawn; this is the last guard, for jobs that did not come from there.
 */
export function planProblem(plan: Plan, dataset: Pick<DatasetDefinition, 'title' | 'input' | 'task'>): Problem | null {
  if (plan.inputs.length === 0 || plan.outputs.length === 0) {
    return problem('run.open', 'The network needs an input and an output before it can train.');
  }
  for (const index of plan.inputs) {
    const layer = plan.layers[index];
    const shape = layer?.outputs[0] ?? [];
    if (same(withoutBatch(shape), dataset.input)) continue;
    const expected = dataset.input.join('×');
    const got = formatShape(shape);
    const message = `${dataset.title} gives examples of ${expected}; ${layer?.name ?? 'the input'} takes ${got}.`;
    return problem('run.input', message, { expected, got });
  }
  const wanted = dataset.task.names.length;
  const classes = dataset.task.kind === 'classes';
  for (const index of plan.outputs) {
    const layer = plan.layers[index];
    const shape = layer?.outputs[0] ?? [];
    // One unit tells two classes apart: it gives the probability of the second.
    if (same(withoutBatch(shape), [wanted]) || (classes && wanted === 2 && same(withoutBatch(shape), [1]))) continue;
    const got = formatShape(shape);
    const message =
      `${dataset.title} has ${wanted} ${classes ? 'classes' : wanted === 1 ? 'value' : 'values'} to predict; ` +
      `${layer?.name ?? 'the output'} gives ${got}.`;
    return problem('run.output', message, { expected: String(wanted), got });
  }
  return null;
}
