import type { Machine, Program } from './machine';
import { addressOf, bytesOf, type Place, type Region, regionOf } from './region';

/** What an instruction is given, a 32-bit word each: an integer, a place in memory, a float, the address of integers. */
export type Word = number | Place | { readonly float: number } | { readonly ints: readonly number[] };

interface Instruction {
  readonly name: string;
  readonly words: readonly Word[];
}

/** What is done outside the machine, on its memory, between two instructions. */
export interface HostCall {
  readonly uses: readonly Place[];
  run(memory: Float32Array): void;
}

type Entry = Instruction | HostCall;

const isCall = (entry: Entry): entry is HostCall => 'run' in entry;
const isPlace = (word: Word): word is Place => typeof word === 'object' && 'region' in word;
const placesOf = (entry: Entry): readonly Place[] => (isCall(entry) ? entry.uses : entry.words.filter(isPlace));

/** A stretch of instructions or one call of the host's, in turn. */
type Run = Program | HostCall;

/**
 * A list of instructions under construction, and the memory that they pass numbers on in: a region is held from the
 * first instruction that names it to the last, and others take its place before and after.
 */
export class Tape {
  readonly #entries: Entry[] = [];
  readonly #passing = new Set<Region>();
  /** Sections end before these entries. */
  readonly #ends: number[] = [];

  /** @param keepAll no region takes another's place, so that all can be read afterwards. */
  constructor(private readonly keepAll: boolean) {}

  /** Memory that holds within one run of the tape alone. */
  passing(floats: number): Region {
    const region = regionOf(floats);
    this.#passing.add(region);
    return region;
  }

  emit(name: string, ...words: readonly Word[]): void {
    this.#entries.push({ name, words });
  }

  call(call: HostCall): void {
    this.#entries.push(call);
  }

  endSection(): void {
    this.#ends.push(this.#entries.length);
  }

  /** Gives the passing regions their places from `base` on; returns the bytes taken. Sizes: largest first fits best. */
  layOut(base: number): number {
    const [first, last] = [new Map<Region, number>(), new Map<Region, number>()];
    this.#entries.forEach((entry, i) => {
      for (const { region } of placesOf(entry)) {
        if (!this.#passing.has(region)) continue;
        if (!first.has(region)) first.set(region, i);
        last.set(region, i);
      }
    });
    const spans = [...first].map(([region, from]) => ({ region, from, to: last.get(region) ?? from, bytes: bytesOf(region) }));
    spans.sort((a, b) => b.bytes - a.bytes || a.from - b.from);
    const placed: { readonly start: number; readonly end: number; readonly from: number; readonly to: number }[] = [];
    let top = 0;
    for (const { region, from, to, bytes } of spans) {
      let start = 0;
      // Kept in the order of their places, so that the first gap that is wide enough is the lowest.
      for (const other of placed) {
        if (!this.keepAll && (other.to < from || other.from > to)) continue;
        if (other.start - start >= bytes) break;
        start = Math.max(start, other.end);
      }
      region.address = base + start;
      const span = { start, end: start + bytes, from, to };
      const index = placed.findIndex((other) => other.start > start);
      placed.splice(index < 0 ? placed.length : index, 0, span);
      top = Math.max(top, span.end);
    }
    return top;
  }

  /** Writes the instructions, whose places are known by now, into the machine's memory. A section each. */
  encode(machine: Machine): readonly Section[] {
    const ends = [...this.#ends, this.#entries.length];
    return ends.map((end, i) => new Section(machine, runsOf(machine, this.#entries.slice(ends[i - 1] ?? 0, end))));
  }
}

/** A part of a tape, ready to run. */
export class Section {
  constructor(
    private readonly machine: Machine,
    private readonly runs: readonly Run[],
  ) {}

  run(): void {
    for (const run of this.runs) {
      if ('run' in run) run.run(this.machine.floats);
      else this.machine.run(run);
    }
  }
}

function runsOf(machine: Machine, entries: readonly Entry[]): readonly Run[] {
  const runs: Run[] = [];
  let together: Instruction[] = [];
  const close = () => {
    if (together.length > 0) runs.push(encoded(machine, together));
    together = [];
  };
  for (const entry of entries) {
    if (!isCall(entry)) {
      together.push(entry);
      continue;
    }
    close();
    runs.push(entry);
  }
  close();
  return runs;
}

const bits = new DataView(new ArrayBuffer(4));
function floatBits(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

function encoded(machine: Machine, instructions: readonly Instruction[]): Program {
  const code: number[] = [];
  for (const { name, words } of instructions) {
    const { number, words: wanted } = machine.operation(name);
    if (words.length !== wanted) throw new Error(`${name} takes ${wanted} words; ${words.length} were given.`);
    code.push(number);
    for (const word of words) {
      if (typeof word === 'number') code.push(word);
      else if ('float' in word) code.push(floatBits(word.float));
      else if ('ints' in word) code.push(machine.constants(word.ints));
      else code.push(addressOf(word));
    }
  }
  if (code.some((word) => !Number.isInteger(word))) throw new Error('An instruction names a place that has none.');
  return machine.load(code);
}
