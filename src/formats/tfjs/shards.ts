import type { LoweredWeight } from '@/compiler/lower';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Weights } from '../define';
import type { NamedFile } from '../reading/namedFile';

/** As tfjs's own converter cuts them. */
export const SHARD_BYTES = 4 * 2 ** 20;

export interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}
export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestEntry[];
}

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const nameList = (names: readonly string[]) =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/**
 * The weights of a topology in its order, float32 little endian, cut into shards as tfjs does.
 * Problems: `tfjs.weights` where some are missing or of another size.
 */
export function emitShards(
  lowered: readonly LoweredWeight[],
  weights: Weights,
): Result<{ readonly manifest: readonly ManifestGroup[]; readonly shards: readonly NamedFile[] }, Problem> {
  const missing = lowered.filter(({ key }) => !Object.hasOwn(weights, key));
  if (missing.length > 0) {
    const message =
      `There are no values for ${nameList(missing.map(({ key }) => key))}: these weights belong ` +
      `to another network. Train this one, then export it.`;
    return err(
      problem('tfjs.weights', message, { expected: `${lowered.length}`, got: `${lowered.length - missing.length}` }),
    );
  }
  for (const { key, shape } of lowered) {
    const got = weights[key]!.length;
    if (got !== count(shape)) {
      const message =
        `${key} should hold ${shape.join('×')} = ${count(shape)} numbers and holds ${got}: it was ` +
        `trained before the network was changed. Train it again, then export it.`;
      return err(problem('tfjs.weights', message, { expected: `${count(shape)}`, got: `${got}` }));
    }
  }
  const total = 4 * lowered.reduce((sum, { shape }) => sum + count(shape), 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { key } of lowered) {
    for (const value of weights[key]!) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  const shardCount = Math.max(1, Math.ceil(total / SHARD_BYTES));
  const shards = Array.from({ length: shardCount }, (_, i) => ({
    name: `group1-shard${i + 1}of${shardCount}.bin`,
    bytes: bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }));
  const entries = lowered.map(({ name, shape }): ManifestEntry => ({ name, shape, dtype: 'float32' }));
  return ok({ manifest: [{ paths: shards.map(({ name }) => name), weights: entries }], shards });
}
