import type { Tensor } from '@tensorflow/tfjs';
import type { PlanWeight } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Tf } from '../kernels/tf';
import type { ProgramState } from '../program';
import type { Tensors } from './tensors';

/**
 * The state of a run on the device. Tensors never change, so states share those that a step leaves alone.
 * A type rather than an interface: only those go through `tf.tidy`.
 */
export type Snapshot = {
  readonly step: number;
  readonly weights: Tensors;
  /** By `nodePath/weight/slot`. */
  readonly slots: Tensors;
};

const tensorsOf = ({ weights, slots }: Snapshot): readonly Tensor[] => [
  ...Object.values(weights),
  ...Object.values(slots),
];

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The present state and the marked one; frees what neither holds any more. */
export class Snapshots {
  #marked: Snapshot | null = null;
  #current: Snapshot;

  constructor(first: Snapshot) {
    this.#current = first;
  }

  get current(): Snapshot {
    return this.#current;
  }

  get marked(): Snapshot | null {
    return this.#marked;
  }

  replace(next: Snapshot): void {
    this.#set(next, this.#marked);
  }

  mark(): void {
    this.#set(this.#current, this.#current);
  }

  rewind(): void {
    if (this.#marked) this.#set(this.#marked, this.#marked);
  }

  dispose(): void {
    const nothing: Snapshot = { step: 0, weights: {}, slots: {} };
    this.#set(nothing, null);
  }

  #set(current: Snapshot, marked: Snapshot | null): void {
    const held = new Set([...tensorsOf(current), ...(marked ? tensorsOf(marked) : [])]);
    const before = new Set([...tensorsOf(this.#current), ...(this.#marked ? tensorsOf(this.#marked) : [])]);
    for (const tensor of before) if (!held.has(tensor)) tensor.dispose();
    this.#current = current;
    this.#marked = marked;
  }
}

/** Shapes of all that a state may hold, by key. */
export interface StateShapes {
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly slots: ReadonlyMap<string, readonly number[]>;
}

/** Weights as planned; slots for those that the optimizer moves. */
export function stateShapes(weights: readonly PlanWeight[], slotNames: readonly string[]): StateShapes {
  const moved = weights.filter(({ trainable }) => trainable);
  return {
    weights: new Map(weights.map(({ key, shape }) => [key, shape])),
    slots: new Map(moved.flatMap(({ key, shape }) => slotNames.map((slot) => [`${key}/${slot}`, shape] as const))),
  };
}

/** The present state with typed arrays put in its place; refuses, changing nothing, what the network does not have. */
export function restored(
  tf: Tf,
  current: Snapshot,
  state: Partial<ProgramState>,
  shapes: StateShapes,
): Result<Snapshot, Problem> {
  const problems = [
    ...mismatches('weight', state.weights ?? {}, shapes.weights),
    ...mismatches('optimizer slot', state.slots ?? {}, shapes.slots),
  ];
  const [first] = problems;
  if (first) {
    const more = problems.length > 1 ? ` ${problems.length - 1} more differ.` : '';
    return err({ ...first, message: first.message + more });
  }
  const uploaded = (values: ProgramState['weights'], known: StateShapes['weights']): Tensors =>
    Object.fromEntries(
      Object.entries(values).map(([key, numbers]) => {
        const shape = [...(known.get(key) ?? [])];
        // A copy: some backends keep the array itself.
        return [key, tf.tensor(Float32Array.from(numbers), shape)];
      }),
    );
  return ok({
    step: state.step ?? current.step,
    weights: { ...current.weights, ...uploaded(state.weights ?? {}, shapes.weights) },
    slots: { ...current.slots, ...uploaded(state.slots ?? {}, shapes.slots) },
  });
}

function mismatches(
  what: string,
  values: ProgramState['weights'],
  known: ReadonlyMap<string, readonly number[]>,
): readonly Problem[] {
  return Object.entries(values).flatMap(([key, numbers]) => {
    const shape = known.get(key);
    if (!shape) return [problem('state.unknown', `The network has no ${what} “${key}”.`, { got: key })];
    const size = sizeOf(shape);
    if (numbers.length === size) return [];
    return [
      problem(
        'state.size',
        `The ${what} ${key} holds ${size} numbers (${shape.join('×') || '1'}); ${numbers.length} are given.`,
        { expected: `${size}`, got: `${numbers.length}` },
      ),
    ];
  });
}
