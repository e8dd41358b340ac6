import type { PlanWeight } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { isKernel } from '@/recipe/gradients';
import type { ProgramState } from '../program';
import type { BoundWeight } from './builder';
import { sizeOf } from './builder';
import type { Machine } from './machine';
import { at, type Place, type Region, regionOf } from './region';

/** Weights begin at whole vectors, so that a pass over all of them needs no rests. */
const aligned = (floats: number) => Math.ceil(floats / 4) * 4;

interface Slot {
  readonly weight: PlanWeight;
  readonly offset: number;
  readonly size: number;
}

/**
 * All that a run remembers, in the machine's memory: weights, one after the other, those that decay first, then others
 * that are trained, then the rest; gradients and optimizer slots in the same order.
 */
export class Store {
  readonly #slots = new Map<string, Slot>();
  readonly #weights: Region;
  readonly #gradients: Region;
  readonly #states: readonly Region[];
  readonly #mark: Region;
  /** Floats of the weights that decay, and of all that are trained. */
  readonly decaying: number;
  readonly trained: number;

  constructor(
    private readonly machine: Machine,
    planned: readonly PlanWeight[],
    private readonly slotNames: readonly string[],
  ) {
    const rank = ({ key, trainable }: PlanWeight) => (!trainable ? 2 : isKernel(key) ? 0 : 1);
    const offsets = new Map<PlanWeight, number>();
    let [end, decaying, trained] = [0, 0, 0];
    for (const weight of planned.toSorted((a, b) => rank(a) - rank(b))) {
      offsets.set(weight, end);
      end += aligned(sizeOf(weight.shape));
      if (rank(weight) === 0) decaying = end;
      if (rank(weight) < 2) trained = end;
    }
    // Read in the plan's order, however they lie.
    for (const weight of planned) {
      this.#slots.set(weight.key, { weight, offset: offsets.get(weight) ?? 0, size: sizeOf(weight.shape) });
    }
    this.decaying = decaying;
    this.trained = trained;
    this.#weights = machine.place(regionOf(end));
    this.#gradients = machine.place(regionOf(trained));
    this.#states = slotNames.map(() => machine.place(regionOf(trained)));
    this.#mark = machine.place(regionOf(end + slotNames.length * trained));
  }

  get weightsAt(): Place {
    return at(this.#weights);
  }
  get gradientsAt(): Place {
    return at(this.#gradients);
  }
  slotAt(index: number): Place | null {
    const region = this.#states[index];
    return region ? at(region) : null;
  }

  bound(key: string): BoundWeight | null {
    const slot = this.#slots.get(key);
    if (!slot) return null;
    const { weight, offset } = slot;
    return {
      shape: weight.shape,
      place: at(this.#weights, offset),
      gradient: weight.trainable ? at(this.#gradients, offset) : null,
    };
  }

  weights(): Record<string, Float32Array> {
    return this.#read(this.#weights, () => true);
  }

  gradients(): Record<string, Float32Array> {
    return this.#read(this.#gradients, ({ weight }) => weight.trainable);
  }

  slots(): Record<string, Float32Array> {
    return Object.fromEntries(
      this.slotNames.flatMap((name, i) => {
        const region = this.#states[i];
        const values = region ? this.#read(region, ({ weight }) => weight.trainable) : {};
        return Object.entries(values).map(([key, numbers]) => [`${key}/${name}`, numbers] as const);
      }),
    );
  }

  /** Takes typed arrays over, or refuses, changing nothing, what the network does not have. */
  restore({ weights = {}, slots = {} }: Partial<ProgramState>): Result<null, Problem> {
    const targets = [
      ...Object.entries(weights).map(([key, numbers]) => this.#target('weight', key, numbers, this.#weights, key)),
      ...Object.entries(slots).map(([key, numbers]) => {
        const cut = key.lastIndexOf('/');
        const region = this.#states[this.slotNames.indexOf(key.slice(cut + 1))];
        return this.#target('optimizer slot', key, numbers, region, key.slice(0, cut));
      }),
    ];
    const refused = targets.filter((target) => !target.ok);
    const [first] = refused;
    if (first) {
      const more = refused.length > 1 ? ` ${refused.length - 1} more differ.` : '';
      return err({ ...first.error, message: first.error.message + more });
    }
    for (const target of targets) if (target.ok) this.#floats(target.value.place).set(target.value.numbers);
    return ok(null);
  }

  mark(): void {
    let end = this.#mark.address / 4;
    for (const { address, floats } of [this.#weights, ...this.#states]) {
      this.machine.floats.copyWithin(end, address / 4, address / 4 + floats);
      end += floats;
    }
  }

  rewind(): void {
    let from = this.#mark.address / 4;
    for (const { address, floats } of [this.#weights, ...this.#states]) {
      this.machine.floats.copyWithin(address / 4, from, from + floats);
      from += floats;
    }
  }

  #target(what: string, key: string, numbers: Float32Array, region: Region | undefined, weightKey: string) {
    const slot = this.#slots.get(weightKey);
    if (!slot || !region || slot.offset >= region.floats) {
      return err(problem('state.unknown', `The network has no ${what} “${key}”.`, { got: key }));
    }
    const { size, offset, weight } = slot;
    if (numbers.length !== size) {
      const message = `The ${what} ${key} holds ${size} numbers (${weight.shape.join('×') || '1'}); ${numbers.length} are given.`;
      return err(problem('state.size', message, { expected: `${size}`, got: `${numbers.length}` }));
    }
    return ok({ place: at(region, offset), numbers });
  }

  #floats({ region, offset }: Place): Float32Array {
    return this.machine.floats.subarray(region.address / 4 + offset);
  }

  #read(region: Region, which: (slot: Slot) => boolean): Record<string, Float32Array> {
    return Object.fromEntries(
      [...this.#slots.values()].filter(which).map((slot) => [
        slot.weight.key,
        // An array of its own: the memory goes on changing.
        Float32Array.from(this.#floats(at(region, slot.offset)).subarray(0, slot.size)),
      ]),
    );
  }
}
