import type { Skeleton } from './skeleton';

/** Values by node id, in the order of the network, over the skeleton's own look-up: nothing is built for an edit. */
export class Placed<V> implements ReadonlyMap<string, V> {
  readonly #skeleton: Skeleton;
  readonly #values: readonly V[];

  /** @param values one for each place of the skeleton. */
  constructor(skeleton: Skeleton, values: readonly V[]) {
    this.#skeleton = skeleton;
    this.#values = values;
  }

  get size(): number {
    return this.#values.length;
  }

  get(id: string): V | undefined {
    const place = this.#skeleton.placeOf.get(id);
    return place === undefined ? undefined : this.#values[place];
  }

  has(id: string): boolean {
    return this.#skeleton.placeOf.has(id);
  }

  keys(): MapIterator<string> {
    return this.#skeleton.placeOf.keys();
  }

  values(): ArrayIterator<V> {
    return this.#values.values();
  }

  *entries(): MapIterator<[string, V]> {
    for (const [id, place] of this.#skeleton.placeOf) yield [id, this.#values[place]!];
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(each: (value: V, id: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [id, value] of this) each(value, id, this);
  }
}
