import type { Plan } from '@/compiler/plan';
import type { Task } from '@/recipe/define';
import type { Batch } from '../program';
import { type Assembled, assemble, type Bridge, floatsOf } from './assemble';
import { Builder, type Value } from './builder';
import { emitLoss, type Head } from './heads';
import type { Machine } from './machine';
import type { NativeOptimiser } from './optimiser';
import { at, type Place, type Region, regionOf } from './region';
import type { Store } from './store';
import { type Section, Tape } from './tape';

/** What programs of one plan share. */
export interface Parts {
  readonly machine: Machine;
  readonly store: Store;
  readonly plan: Plan;
  readonly heads: readonly Head[];
  readonly task: Task;
  /** Examples in a batch. */
  readonly batch: number;
  readonly optimiser: NativeOptimiser;
}

/** The numbers of `Control` in kernels/arguments.h, by their order. */
const CONTROL = { learningRate: 0, share: 1, correctedRate: 2, correctedRoot: 3, scale: 4, seed: 5, stepLow: 6, stepHigh: 7 };
const CONTROL_WORDS = 8;
export type Control = Readonly<Partial<Record<keyof typeof CONTROL, number>>>;
const WHOLE: ReadonlySet<string> = new Set(['seed', 'stepLow', 'stepHigh']);

/** Where batches enter a network and its losses leave it: places that outlast a run. */
export class Frame {
  readonly inputs: readonly Region[];
  readonly control: Place;
  readonly #targets: readonly Region[];
  readonly #counts: Region;
  readonly #sums: Region;
  readonly #results: readonly Region[];

  constructor(private readonly parts: Parts) {
    const { machine, plan, heads, batch, task } = parts;
    const kept = (floats: number) => machine.place(regionOf(floats));
    this.inputs = plan.inputs.map((i) => kept(floatsOf(plan.layers[i]!, batch)));
    this.#targets = plan.outputs.map((i) => kept(task === 'classes' ? batch : floatsOf(plan.layers[i]!, batch)));
    this.#counts = kept(batch);
    this.#sums = kept(2 * heads.length + 1);
    this.#results = heads.map(() => kept(3 * batch));
    this.control = at(kept(CONTROL_WORDS));
  }

  /** The losses of all heads; the last one's metric is the network's. */
  emitLosses(build: Builder, outputs: readonly Value[]): void {
    const { heads, task } = this.parts;
    heads.forEach((head, i) => {
      const output = outputs[i];
      if (!output) return;
      emitLoss(build, head, output, task, {
        targets: at(this.#targets[i]!),
        counts: at(this.#counts),
        control: this.control,
        loss: at(this.#sums, 2 * i),
        metric: at(this.#sums, 2 * i + 1),
        results: this.#results[i]!,
      });
    });
  }

  /** What the weights add to the loss by their size, and to their gradients in training. */
  emitPenalties(build: Builder): void {
    const { plan, store, heads } = this.parts;
    const penalised = plan.layers
      .flatMap(({ weights }) => weights)
      .filter(({ penalty }) => penalty && (penalty.l1 > 0 || penalty.l2 > 0));
    if (penalised.length === 0) return;
    const partsOf = (floats: number) => Math.ceil(floats / 16_384);
    const bound = penalised.flatMap(({ key, penalty }) => {
      const weight = store.bound(key);
      return weight && penalty ? [{ weight, penalty, floats: weight.shape.reduce((a, b) => a * b, 1) }] : [];
    });
    const count = bound.reduce((sum, { floats }) => sum + partsOf(floats), 0);
    const sums = build.passing(count);
    let from = 0;
    for (const { weight, penalty, floats } of bound) {
      const gradient = build.training ? weight.gradient : null;
      const to = at(sums.region, from);
      build.emit('penalty', weight.place, gradient ?? 0, to, floats, { float: penalty.l1 }, { float: penalty.l2 });
      from += partsOf(floats);
    }
    build.emit('total', sums, at(this.#sums, 2 * heads.length), count);
  }

  /** Puts a batch, zeros after a short one, and a step's numbers in their places; gives Σ counts. */
  enter(batch: Pick<Batch, 'inputs' | 'targets' | 'counts'>, control: Control): number {
    const { floats } = this.parts.machine;
    const put = (values: Float32Array, { address, floats: size }: Region) => {
      // Past the end stand other numbers of the program.
      if (values.length > size) throw new Error(`${values.length} numbers of a batch, and ${size} places for them.`);
      const from = address / 4;
      floats.set(values, from);
      floats.fill(0, from + values.length, from + size);
    };
    const none = new Float32Array();
    this.inputs.forEach((region, i) => put(batch.inputs[i] ?? none, region));
    // Outputs without targets of their own take the first's.
    this.#targets.forEach((region, i) => put(batch.targets[i] ?? batch.targets[0] ?? none, region));
    put(batch.counts, this.#counts);
    const counted = batch.counts.reduce((sum, count) => sum + count, 0);
    const address = this.control.region.address / 4;
    const whole = new Uint32Array(floats.buffer, 4 * address, CONTROL_WORDS);
    for (const [name, value] of Object.entries({ share: 1 / Math.max(1, counted), scale: 1, ...control })) {
      const index = CONTROL[name as keyof typeof CONTROL];
      if (WHOLE.has(name)) whole[index] = value;
      else floats[address + index] = value;
    }
    return counted;
  }

  /** Sums over the examples that count: of the weighted losses, and of the last head's metric; the weights' own loss. */
  sums(): { readonly loss: number; readonly metric: number; readonly penalty: number } {
    const { heads, machine } = this.parts;
    const from = this.#sums.address / 4;
    const all = machine.floats.subarray(from, from + 2 * heads.length + 1);
    const loss = heads.reduce((sum, { weight }, i) => sum + weight * (all[2 * i] ?? NaN), 0);
    return { loss, metric: all[2 * heads.length - 1] ?? NaN, penalty: all[2 * heads.length] ?? 0 };
  }

  /** The classes that the last head says. */
  classes(): Float32Array {
    const from = (this.#results.at(-1)?.address ?? 0) / 4 + 2 * this.parts.batch;
    return this.parts.machine.floats.subarray(from, from + this.parts.batch);
  }
}

/** A network on a tape of its own, ready to run. */
export interface Network {
  readonly frame: Frame;
  readonly values: readonly (readonly Value[])[];
  readonly outputs: readonly Value[];
  readonly sections: readonly Section[];
}

/** Puts a network on a tape: its layers, then what `ending` adds. */
export function buildTape(
  parts: Parts,
  bridge: Bridge | null,
  { training, keepAll }: { readonly training: boolean; readonly keepAll: boolean },
  ending: (build: Builder, outputs: readonly Value[], frame: Frame) => void,
): Network | Exclude<Assembled, { values: unknown }> {
  const { machine, plan, store, batch } = parts;
  const tape = new Tape(keepAll);
  const frame = new Frame(parts);
  const build = new Builder(tape, training, keepAll, (floats) => machine.place(regionOf(floats)), frame.control);
  const assembled = assemble(plan, build, store, batch, frame.inputs, bridge);
  if ('foreign' in assembled) return assembled;
  const { values } = assembled;
  const outputs = plan.outputs.map((i) => values[i]![0]!);
  ending(build, outputs, frame);
  machine.needScratch(build.scratch);
  const base = machine.reserve(tape.layOut(0));
  tape.layOut(base);
  return { frame, values, outputs, sections: tape.encode(machine) };
}

export const readValue = (machine: Machine, { place, shape }: Value): Float32Array => {
  const from = place.region.address / 4 + place.offset;
  return machine.floats.slice(from, from + shape.reduce((product, size) => product * size, 1));
};

