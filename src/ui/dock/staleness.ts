import { alike } from '@/core/alike';
import type { Plan } from '@/compiler/plan';
import type { TrainingJob } from '@/training/protocol';

/** Names don't change what a network computes. */
const computed = ({ layers, inputs, outputs }: Plan) => ({
  layers: layers.map(({ path, type, params, sources, inputs: shapes }) => ({ path, type, params, sources, shapes })),
  inputs,
  outputs,
});

/** What of a job is no longer what the document says, in words for a sentence; none when it is the same job. */
export function changes(running: TrainingJob, now: TrainingJob): readonly string[] {
  return [
    ...(running.plan === now.plan || alike(computed(running.plan), computed(now.plan)) ? [] : ['network']),
    ...(alike(running.recipe, now.recipe) && running.seed === now.seed ? [] : ['recipe']),
    ...(running.dataset === now.dataset ? [] : ['dataset']),
  ];
}

/** `The network and the recipe have changed since this run began`. */
export function changedText(parts: readonly string[]): string {
  const named = parts.map((part, i) => `${i === 0 ? 'The' : 'the'} ${part}`);
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : (named[0] ?? '');
  return `${list} ${parts.length > 1 ? 'have' : 'has'} changed since this run began`;
}
