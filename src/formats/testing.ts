import type * as tf from '@tensorflow/tfjs';
import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import { elements } from '@/core/shape';
import { randomStream } from '@/core/random';
import { emptyDocument, type Edge, type LoomDocument } from '@/graph/document';
import type { Weights } from './define';
import type { NamedFile } from './reading/namedFile';

/** A layer of a test network: id, type, parameters, and the ids it takes, by default the one before. */
export type Sketch = readonly [
  id: string,
  type: string,
  params?: Readonly<Record<string, unknown>>,
  from?: readonly string[],
];

export function sketchDocument(sketch: readonly Sketch[]): LoomDocument {
  const edges: Edge[] = [];
  const nodes = sketch.map(([id, type, params = {}, from], i) => {
    const sources = from ?? (i > 0 ? [sketch[i - 1]![0]] : []);
    sources.forEach((source, port) => edges.push({ from: { node: source, port: 0 }, to: { node: id, port } }));
    return { id, type, version: 1, name: id, params, position: { x: 0, y: 92 * i } };
  });
  return { ...emptyDocument('Sketch'), dataset: null, nodes, edges };
}

export function planOf(document: LoomDocument): Plan {
  const { plan, problems } = compile(document);
  if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}

/** Weights that no initialiser would draw, so that a mix-up shows; variances stay positive. */
export function someWeights(plan: Plan): Weights {
  return Object.fromEntries(
    plan.layers
      .flatMap((layer) => layer.weights)
      .map(({ key, shape }) => {
        const random = randomStream(7, key);
        const spread = 1 / Math.sqrt(Math.max(1, elements([null, ...shape.slice(0, -1)])));
        return [key, Float32Array.from({ length: elements([null, ...shape]) }, () => 0.2 + spread * random.uniform())];
      }),
  );
}

/** What plain tfjs's own loader makes of the files of a model; nothing of ours takes part. */
export async function loadPlain(tfjs: typeof tf, files: readonly NamedFile[]): Promise<tf.LayersModel> {
  const bytesOf = (name: string) => {
    const file = files.find((each) => each.name === name);
    if (!file) throw new Error(`no ${name}`);
    return file.bytes;
  };
  const json = JSON.parse(new TextDecoder().decode(bytesOf('model.json'))) as tf.io.ModelJSON;
  const manifest = json.weightsManifest as tf.io.WeightsManifestConfig | undefined;
  const data = manifest && Buffer.concat(manifest.flatMap(({ paths }) => paths.map(bytesOf)));
  return tfjs.loadLayersModel(
    tfjs.io.fromMemory({
      modelTopology: json.modelTopology,
      ...(manifest &&
        data && {
          weightSpecs: manifest.flatMap(({ weights }) => weights),
          weightData: new Uint8Array(data).buffer,
        }),
    }),
  );
}

/** The files that `model.save('downloads://…')` would write. */
export async function savedFiles(tfjs: typeof tf, model: tf.LayersModel): Promise<readonly NamedFile[]> {
  let files: readonly NamedFile[] = [];
  await model.save(
    tfjs.io.withSaveHandler((artifacts) => {
      const manifest = [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }];
      const json = { format: artifacts.format, modelTopology: artifacts.modelTopology, weightsManifest: manifest };
      files = [
        { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
        { name: 'weights.bin', bytes: new Uint8Array(tfjs.io.CompositeArrayBuffer.join(artifacts.weightData)) },
      ];
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    }),
  );
  return files;
}
