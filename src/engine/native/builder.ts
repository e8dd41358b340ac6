import type { PlanLayer } from '@/compiler/plan';
import { at, type Place, type Region } from './region';
import type { Tape, Word } from './tape';

/** The numbers at an output of a layer, and what is to become of their gradient. */
export interface Value {
  /** With batch. */
  readonly shape: readonly number[];
  readonly place: Place;
  readonly slope: Slope;
  /** What it is the softmax or sigmoid of: losses are computed from that. */
  readonly logits?: { readonly of: 'softmax' | 'sigmoid'; readonly value: Value };
}

/** A gradient under construction; values that share their memory, as a reshaped one does, share it too. */
interface Slope {
  /** Whether anything that is trained lies before. */
  readonly needed: boolean;
  /** `null` until a consumer has added its share. */
  gradient: Place | null;
  /** What made the value reads it again on the way back, so that it must not be overwritten. */
  kept: boolean;
  /** Layers and heads that take it. */
  consumers: number;
}

/** A weight in the machine's memory, with the place of its gradient where it is trained. */
export interface BoundWeight {
  readonly shape: readonly number[];
  readonly place: Place;
  readonly gradient: Place | null;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A planned layer to be put into instructions. */
export interface NativeUnit {
  readonly layer: PlanLayer;
  readonly inputs: readonly Value[];
  /** By the names of the layer's definition. */
  readonly weights: Readonly<Record<string, BoundWeight>>;
  /** How many layers and heads take each of its outputs. */
  readonly consumers: readonly number[];
  /**
   * The layer that alone takes the only output, and takes nothing else: a compiler may compute it as well, by
   * `build.absorb`. `null` where there is none, and where every output is to be read.
   */
  readonly follower: Follower | null;
}

/** A layer that comes right after another. */
export interface Follower {
  readonly layer: PlanLayer;
  /** Of its outputs. */
  readonly consumers: readonly number[];
}

/**
 * How layers of some types are put into instructions: forward ones at once, backward ones by `onBackward`. A value per
 * output. `null`: not with these parameters; the layer's own computation on tfjs takes its place.
 */
export interface UnitCompiler {
  readonly types: readonly string[];
  compile(unit: NativeUnit, build: Builder): readonly Value[] | null;
}

/** What compilers write to: a network's instructions for batches of one size, in training or not. */
export class Builder {
  readonly #backward: (() => void)[] = [];
  readonly #absorbed = new Set<PlanLayer>();
  readonly #moved: { readonly from: Place; readonly to: Place; readonly floats: number }[] = [];
  #scratch = 0;

  constructor(
    readonly tape: Tape,
    /** Whether dropout drops and batch norm takes the batch's statistics. */
    readonly training: boolean,
    /** Every output is to be read afterwards: nothing may be computed in its place. */
    readonly keepAll: boolean,
    /** A kept region beside those of the weights. */
    readonly keep: (floats: number) => Region,
    /** The numbers that the host sets before each step: `Control` in kernels/arguments.h. */
    readonly control: Place,
  ) {}

  /** Floats of scratch memory that a thread needs at most. */
  get scratch(): number {
    return this.#scratch;
  }

  needScratch(floats: number): void {
    this.#scratch = Math.max(this.#scratch, floats);
  }

  emit(name: string, ...words: readonly Word[]): void {
    this.tape.emit(name, ...words);
  }

  /** Memory from here to where it is last named, in this run. */
  passing(floats: number): Place {
    return at(this.tape.passing(floats));
  }

  /**
   * Takes on what follows a unit: the follower is not compiled any more, and the value that the unit gives is the
   * follower's. The unit as one with it, whose values have the follower's consumers.
   */
  absorb(unit: NativeUnit): NativeUnit {
    if (!unit.follower) return unit;
    this.#absorbed.add(unit.follower.layer);
    return { ...unit, consumers: unit.follower.consumers, follower: null };
  }

  /** Whether an earlier unit computes this layer. */
  isAbsorbed(layer: PlanLayer): boolean {
    return this.#absorbed.has(layer);
  }

  /** A fresh output of a layer. */
  value(unit: NativeUnit, shape: readonly number[], index = 0): Value {
    return { shape, place: this.passing(sizeOf(shape)), slope: this.#slope(unit, index) };
  }

  #slope(unit: NativeUnit, index: number): Slope {
    const learns = Object.values(unit.weights).some(({ gradient }) => gradient);
    const needed = this.training && (learns || unit.inputs.some(({ slope }) => slope.needed));
    return { needed, gradient: null, kept: false, consumers: unit.consumers[index] ?? 0 };
  }

  /**
   * A unit's output that is its input's very numbers, under another shape. It has no logits: those that there may be
   * lie in rows of the old shape.
   */
  reshaped(unit: NativeUnit, { place, slope }: Value, shape: readonly number[]): Value {
    slope.consumers += (unit.consumers[0] ?? 0) - 1;
    return { shape, place, slope };
  }

  /** Says that the way back reads a value that this unit made or takes: it must not be overwritten until then. */
  readsBack(value: Value): void {
    value.slope.kept = true;
  }

  /** An output that may be computed in its first input's place: nobody else reads that. `null` where it may not. */
  inPlace(unit: NativeUnit, index = 0): Value | null {
    const [input] = unit.inputs;
    if (!input || this.keepAll || input.slope.kept || input.slope.consumers !== 1) return null;
    return { shape: input.shape, place: input.place, slope: this.#slope(unit, index) };
  }

  /** Work of the way back; called last first. */
  onBackward(work: () => void): void {
    if (this.training) this.#backward.push(work);
  }

  emitBackward(): void {
    for (const work of this.#backward.toReversed()) work();
  }

  /** The gradient that has come to a value, `null` where none did. Its memory may be written once all has been read. */
  gradientOf({ slope }: Value): Place | null {
    return slope.gradient;
  }

  /**
   * Adds to a value's gradient. `write` writes a share to the place given, or adds to what stands there where `add`.
   * Not called where the value needs no gradient.
   */
  addGradient(value: Value, write: (to: Place, add: boolean) => void): void {
    const { slope } = value;
    if (!slope.needed) return;
    if (slope.gradient) return write(slope.gradient, true);
    slope.gradient = this.passing(sizeOf(value.shape));
    write(slope.gradient, false);
  }

  /** As `addGradient`, for kernels that can't add. */
  putGradient(value: Value, write: (to: Place) => void): void {
    this.addGradient(value, (to, add) => {
      if (!add) return write(to);
      const share = this.passing(sizeOf(value.shape));
      write(share);
      this.accumulate(share, to, sizeOf(value.shape));
    });
  }

  /** Adds numbers that stand somewhere and that nobody needs any more: they become the gradient if they are the first. */
  giveGradient(value: Value, from: Place): void {
    const { slope } = value;
    if (!slope.needed) return;
    if (slope.gradient) this.accumulate(from, slope.gradient, sizeOf(value.shape));
    else slope.gradient = from;
  }

  accumulate(from: Place, to: Place, floats: number): void {
    this.emit('accumulate', from, to, 1, floats, floats, floats);
  }

  copy(from: Place, to: Place, floats: number): void {
    this.emit('copy', from, to, 1, floats, floats, floats);
  }

  /** A place for a weight's new value that the pass itself makes; taken over when the step is. */
  moved({ place, shape }: BoundWeight): Place {
    const floats = sizeOf(shape);
    const from = at(this.keep(floats));
    this.#moved.push({ from, to: place, floats });
    return from;
  }

  emitMoved(): void {
    for (const { from, to, floats } of this.#moved) this.copy(from, to, floats);
  }
}
