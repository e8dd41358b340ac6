import { lower } from '@/compiler/lower';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { withoutBatch } from '@/core/shape';
import { findDataset } from '@/datasets/registry';
import type { ExportSource } from '../define';
import { formatDocument } from '../documentFile';
import type { NamedFile } from '../reading/namedFile';
import { generator } from '../version';
import { preparationOf } from './preparation';
import { readmeText } from './readme';
import { emitShards } from './shards';
import { isOwnClass } from '@/layers/own';

const text = (value: string) => new TextEncoder().encode(value);

/** What makes the layers that tfjs lacks known to it: bundled from the definitions that the application itself runs. */
async function ownLayersScript(): Promise<NamedFile> {
  const { default: code } = await import('@/layers/plainScript?script');
  return { name: 'layerloom-layers.js', bytes: text(code) };
}

/**
 * The files of a model: model.json, the shards, the document and a word to the finder; and a script, where layers are
 * among them that tfjs lacks. Without weights the model loads with initial ones.
 * Problems: `tfjs.errors` for a network that has some, and those of `emitShards`.
 */
export async function emitModel({
  document,
  plan,
  weights,
  inputs,
}: ExportSource): Promise<Result<readonly NamedFile[], Problem>> {
  if (!plan) {
    const message = 'A network with errors can’t be exported as a model; Problems lists them. The document itself can.';
    return err(problem('tfjs.errors', message));
  }
  const lowered = lower(plan);
  const emitted = weights ? emitShards(lowered.weights, weights) : ok(null);
  if (!emitted.ok) return emitted;
  const dataset = document.dataset === null ? undefined : findDataset(document.dataset);
  const shape = withoutBatch(plan.layers[plan.inputs[0] ?? 0]?.outputs[0] ?? []);
  const script = lowered.units.some(({ className }) => isOwnClass(className)) ? await ownLayersScript() : null;
  const preparation = preparationOf(document.recipe.inputs, dataset, shape, inputs ?? null);
  const model = {
    format: 'layers-model',
    generatedBy: generator,
    convertedBy: null,
    modelTopology: lowered.topology,
    ...(emitted.value && { weightsManifest: emitted.value.manifest }),
    userDefinedMetadata: {
      layerloom: {
        name: document.name,
        dataset: document.dataset,
        classes: dataset?.task.kind === 'classes' ? dataset.task.names : null,
        input: { shape, ...preparation },
      },
    },
  };
  return ok([
    { name: 'model.json', bytes: text(JSON.stringify(model)) },
    ...(emitted.value?.shards ?? []),
    ...(script ? [script] : []),
    { name: 'layerloom.json', bytes: text(formatDocument(document)) },
    {
      name: 'README.txt',
      bytes: text(readmeText({ plan, dataset, preparation, trained: weights !== null, script: script?.name ?? null })),
    },
  ]);
}
