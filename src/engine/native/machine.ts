import { bytesOf, type Region } from './region';

/** Instructions in the machine's memory, from their first byte to past their last. */
export interface Program {
  readonly from: number;
  readonly to: number;
}

/** What the kernels' module gives. */
export interface KernelExports {
  readonly names: () => number;
  readonly words: () => number;
  /** Not 0 where a thread was lost. */
  readonly run: (from: number, to: number, threads: number, scratch: number, scratchBytes: number) => number;
  /** Of builds for threads: how often `run` was called, what sends the helping threads home, and what ends all work. */
  readonly launches?: () => number;
  readonly close?: () => void;
  readonly fail?: () => void;
  readonly __heap_base: WebAssembly.Global;
  readonly __stack_pointer: WebAssembly.Global;
}

/** The kernels, the memory that they work on, and how many threads they have. */
export interface Kernels {
  readonly exports: KernelExports;
  readonly memory: WebAssembly.Memory;
  /** Pages that the memory may grow to. */
  readonly most: number;
  /** Address of the first byte that programs may use. */
  readonly bottom: number;
  /** The one that calls, and those that help it. */
  readonly threads: number;
}

export const PAGE = 65_536;

const inGigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** A network, its batch included, that is larger than the memory there is. */
export class OutOfMemory extends Error {
  constructor(wanted: number, given: number) {
    super(`it needs ${inGigabytes(wanted)} of memory or more, and gets ${inGigabytes(given)} here`);
  }
}

/** The kernels while one program has them: what it keeps in their memory. */
export class Machine {
  readonly #operations: ReadonlyMap<string, { readonly number: number; readonly words: number }>;
  #top: number;
  #scratch: Region | null = null;
  readonly #constants = new Map<string, number>();
  #floats = new Float32Array();
  #state: 'open' | 'broken' | 'closed' = 'open';

  constructor(private readonly kernels: Kernels) {
    this.#operations = operationsOf(kernels);
    this.#top = kernels.bottom;
  }

  /** The whole memory; asked for anew each time, as it moves when it grows. */
  get floats(): Float32Array {
    // Work that goes on after the end would write into the next program's numbers.
    if (this.#state === 'closed') throw new Error('The program was disposed.');
    const { buffer } = this.kernels.memory;
    if (this.#floats.buffer !== buffer) this.#floats = new Float32Array(buffer);
    return this.#floats;
  }

  operation(name: string): { readonly number: number; readonly words: number } {
    const found = this.#operations.get(name);
    if (!found) throw new Error(`The kernels have no operation ${name}.`);
    return found;
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#top;
  }

  /** Memory of its own, all 0; its address. Throws `OutOfMemory`. */
  reserve(bytes: number): number {
    const { memory, most } = this.kernels;
    const address = this.#top;
    const top = Math.ceil((address + bytes) / 64) * 64;
    // The very last page stays free: past its end, addresses begin at 0 again.
    if (top > (most - 1) * PAGE) throw new OutOfMemory(top, most * PAGE);
    const missing = Math.ceil(top / PAGE) - memory.buffer.byteLength / PAGE;
    if (missing > 0) {
      try {
        memory.grow(missing);
      } catch {
        throw new OutOfMemory(top, memory.buffer.byteLength);
      }
    }
    this.#top = top;
    return address;
  }

  place(region: Region): Region {
    region.address = this.reserve(bytesOf(region));
    return region;
  }

  /** Scratch memory of each thread is at least so many floats. */
  needScratch(floats: number): void {
    if (this.#scratch && this.#scratch.floats >= floats) return;
    // Whole lines, so that no two threads write the same one.
    const each = Math.ceil(floats / 16) * 16;
    this.#scratch = { floats: each, address: this.reserve(4 * each * this.kernels.threads) };
  }

  /** Address of integers, the same for the same ones. */
  constants(values: readonly number[]): number {
    const key = values.join();
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const address = this.reserve(4 * values.length);
    new Int32Array(this.kernels.memory.buffer, address, values.length).set(values);
    this.#constants.set(key, address);
    return address;
  }

  load(code: readonly number[]): Program {
    const from = this.reserve(4 * code.length);
    new Int32Array(this.kernels.memory.buffer, from, code.length).set(code);
    return { from, to: from + 4 * code.length };
  }

  /** Throws where a thread breaks down; the machine is then of no more use. */
  run({ from, to }: Program): void {
    if (this.#state !== 'open') throw new Error(`The kernels are ${this.#state}.`);
    const { exports, threads } = this.kernels;
    const scratch = this.#scratch ?? { floats: 0, address: 0 };
    let lost = true;
    try {
      lost = exports.run(from, to, threads, scratch.address, 4 * scratch.floats) > 0;
    } finally {
      if (lost) {
        this.#state = 'broken';
        exports.fail?.();
      }
    }
    if (lost) throw new Error('A thread of the kernels broke down.');
  }

  /** Whether the kernels are as good as new once the memory is cleared. */
  get isSound(): boolean {
    return this.#state === 'open';
  }

  /** Ends its use. `clear`: the memory is all 0 again, for another one. */
  close({ clear }: { readonly clear: boolean }): void {
    this.#state = 'closed';
    const { memory, bottom } = this.kernels;
    if (clear) new Uint8Array(memory.buffer, bottom, this.#top - bottom).fill(0);
  }
}

function operationsOf({ memory: { buffer }, exports: { names, words } }: Kernels) {
  const bytes = new Uint8Array(buffer);
  const found = new Map<string, { readonly number: number; readonly words: number }>();
  let position = names();
  while (bytes[position] !== 0) {
    const end = bytes.indexOf(0, position);
    const name = String.fromCharCode(...bytes.subarray(position, end));
    const number = found.size;
    found.set(name, { number, words: new Uint32Array(buffer, words() + 4 * number, 1)[0] ?? 0 });
    position = end + 1;
  }
  return found;
}
