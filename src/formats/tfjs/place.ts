import { compile } from '@/compiler/compile';
import { lower, type LoweredWeight } from '@/compiler/lower';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { LoomDocument } from '@/graph/document';
import type { Weights } from '../define';
import type { StoredWeights } from './manifest';

/** `conv1/kernel:0` is `conv1/kernel`. */
const bare = (name: string) => name.replace(/:\d+$/, '');

/**
 * What distinguishes a weight among those of its layer: its last name, and the direction that a bidirectional layer
 * writes in front of a part of the path. `forward_lstm/lstm_cell/kernel` and `forward_kernel` are `forward kernel`.
 */
function distinction(parts: readonly string[]): string {
  const direction = parts.map((part) => /^(forward|backward)_/.exec(part)?.[1]).find((found) => found !== undefined);
  const end = parts.at(-1) ?? '';
  return direction ? `${direction} ${end.replace(`${direction}_`, '')}` : end;
}

/**
 * Which stored weight is meant: the one of that very name, or, as Keras writes paths, one that lies somewhere below the
 * layer and ends alike.
 */
function finder(stored: StoredWeights): (layer: string, weight: string) => string | undefined {
  const byName = new Map<string, string>();
  const byLayerAndEnd = new Map<string, string>();
  for (const name of stored.keys()) {
    const parts = bare(name).split('/', 32);
    byName.set(bare(name), name);
    for (const [i, part] of parts.slice(0, -1).entries()) {
      const key = `${part}\n${distinction(parts.slice(i + 1))}`;
      if (!byLayerAndEnd.has(key)) byLayerAndEnd.set(key, name);
    }
  }
  return (layer, weight) => byName.get(`${layer}/${weight}`) ?? byLayerAndEnd.get(`${layer}\n${distinction(weight.split('/'))}`);
}

export interface Placed {
  /** `null` where the drawing has errors, so that it has no weights. */
  readonly weights: Weights | null;
  readonly notes: readonly string[];
}

/**
 * Puts stored weights onto a document's own, by key.
 * @param layerOf name of the stored layer of a lowered weight.
 * Problems: `tfjs.weights` where some are missing, `tfjs.shape` where one has another shape.
 */
export function placeWeights(
  document: LoomDocument,
  stored: StoredWeights,
  layerOf: (weight: LoweredWeight) => string,
  file: string,
): Result<Placed, Problem> {
  const { plan } = compile(document);
  if (!plan) {
    return ok({ weights: null, notes: ['Its weights were left out: the network has errors, which Problems lists.'] });
  }
  const find = finder(stored);
  const found = lower(plan).weights.map((weight) => ({
    weight,
    name: find(layerOf(weight), weight.name.slice(weight.name.indexOf('/') + 1)),
  }));
  const missing = found.flatMap(({ weight, name }) => (name === undefined ? [weight.name] : []));
  if (missing.length > 0) {
    const list = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '');
    return err(problem('tfjs.weights', `${file} has no values for ${list}; its weights belong to another network.`));
  }
  const weights: [string, Float32Array][] = [];
  const used = new Set<string>();
  let infinite = 0;
  for (const { weight, name = '' } of found) {
    const { shape, values } = stored.get(name)!;
    if (shape.length !== weight.shape.length || shape.some((size, axis) => size !== weight.shape[axis])) {
      const [expected, got] = [weight.shape.join('×'), shape.join('×') || 'a single number'];
      return err(
        problem('tfjs.shape', `${name} in ${file} is ${got}; the layer takes ${expected}.`, { expected, got }),
      );
    }
    if (!values.every(Number.isFinite)) infinite += 1;
    used.add(name);
    weights.push([weight.key, values]);
  }
  const notes: string[] = [];
  const left = stored.size - used.size;
  if (left > 0) {
    notes.push(
      `${left === 1 ? '1 weight of the file belongs' : `${left} weights of the file belong`} to no layer here: ` +
        `left out.`,
    );
  }
  if (infinite > 0) {
    notes.push(
      `${infinite === 1 ? '1 weight holds' : `${infinite} weights hold`} numbers that are not finite: training ` +
        `had diverged.`,
    );
  }
  return ok({ weights: Object.fromEntries(weights), notes });
}
