import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Opened } from '../define';
import { readDocument } from '../documentFile';
import { baseName, type Bundle } from '../reading/bundle';
import { isObject } from '../reading/json';
import { drawTopology } from './draw';
import { readManifest, type StoredWeights } from './manifest';
import { placeWeights } from './place';
import { isTopology, readTopology } from './topology';

interface Model {
  /** What messages call it. */
  readonly file: string;
  readonly json: unknown;
  readonly stored: StoredWeights | null;
  readonly notes: readonly string[];
}

/** The topology among the files, and its weights where the files have them. */
function readModel({ files, json, name, problems }: Bundle): Result<Model, Problem> {
  const [first, second] = [...json].filter(([, value]) => isTopology(value));
  if (!first) return err(problem('tfjs.layers', `${name} holds no layers model.`));
  if (second) {
    const both = `${baseName(first[0])} and ${baseName(second[0])}`;
    return err(problem('tfjs.two', `There are two models here, ${both}; open one at a time.`));
  }
  const [path, model] = first;
  const file = files.length > 1 ? baseName(path) : name;
  const manifest = isObject(model) ? (model.weightsManifest ?? model.weights_manifest) : undefined;
  // A part that can't be read, such as a damaged drawing beside the model, is said and done without.
  const damage = problems.map(({ message }) => `${message} It was left out.`);
  const without = (note: string) => ok({ file, json: model, stored: null, notes: [...damage, note] });
  if (!manifest) return without(`${file} comes without weights: training begins from new ones.`);
  const beside = files.filter((each) => each.name !== path);
  if (beside.length === 0) {
    return without(
      `The weights of ${file} lie in .bin files of their own; drop them together with it to have them too.`,
    );
  }
  const stored = readManifest(manifest, beside, file);
  return stored.ok ? ok({ file, json: model, stored: stored.value, notes: damage }) : stored;
}

/** A model that Layerloom wrote has the drawing beside it; weights go by the names that lowering gives again. */
function parseOwn(own: unknown, model: Model): Result<Opened, Problem> {
  const document = readDocument(own, 'layerloom.json');
  if (!document.ok) return document;
  const opened = { format: 'tfjs', document: document.value, weights: null, notes: model.notes, needsLayout: false };
  if (!model.stored) return ok(opened);
  const layerOf = ({ name }: { readonly name: string }) => name.slice(0, name.indexOf('/'));
  const placed = placeWeights(document.value, model.stored, layerOf, model.file);
  return placed.ok
    ? ok({ ...opened, weights: placed.value.weights, notes: [...model.notes, ...placed.value.notes] })
    : placed;
}

function parseForeign(model: Model): Result<Opened, Problem> {
  const graph = readTopology(model.json, model.file);
  if (!graph.ok) return graph;
  const drawing = drawTopology(graph.value, model.file);
  if (!drawing.ok) return drawing;
  const { document, stockOf } = drawing.value;
  const notes = [...model.notes, ...drawing.value.notes];
  const opened = { format: 'tfjs', document, weights: null, notes, needsLayout: true };
  if (!model.stored) return ok(opened);
  const layerOf = ({ key }: { readonly key: string }) => stockOf.get(key.slice(0, key.indexOf('/'))) ?? '';
  const placed = placeWeights(document, model.stored, layerOf, model.file);
  return placed.ok
    ? ok({ ...opened, weights: placed.value.weights, notes: [...notes, ...placed.value.notes] })
    : placed;
}

/**
 * A layers model out of the files opened together: Layerloom's own archive, a model.json with its shards, or a topology
 * of Keras. Problems name the file and everything in it that can't be drawn.
 */
export function parseModel(bundle: Bundle): Result<Opened, Problem> {
  const model = readModel(bundle);
  if (!model.ok) return model;
  const own = [...bundle.json].find(([path, value]) => {
    return baseName(path) === 'layerloom.json' && isObject(value) && value.format === 'layerloom';
  });
  return own ? parseOwn(own[1], model.value) : parseForeign(model.value);
}
