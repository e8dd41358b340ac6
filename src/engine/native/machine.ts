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
  readonly run: (from: number, to: number, threads: number, scratch: number, scratchBytes: number) => void;
  /** Of builds for threads: how often `run` was called, and what sends the helping threads home. */
  readonly launches?: () => number;
  readonly close?: () => void;
  readonly __heap_base: WebAssembly.Global;
  readonly __stack_pointer: WebAssembly.Global;
}

const PAGE = 65_536;

/** The kernels with their memory, and the threads that help. */
export class Machine {
  readonly #operations: ReadonlyMap<string, { readonly number: number; readonly words: number }>;
  #bottom: number;
  #top: number;
  #scratch: Region | null = null;
  readonly #constants = new Map<string, number>();
  #floats = new Float32Array();

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly exports: KernelExports,
    /** The one that calls, and those that help it. */
    readonly threads: number,
  ) {
    this.#operations = operationsOf(memory, exports);
    this.#bottom = Math.ceil(Number(exports.__heap_base.value) / 64) * 64;
    this.#top = this.#bottom;
  }

  /** The whole memory; asked for anew each time, as it moves when it grows. */
  get floats(): Float32Array {
    if (this.#floats.buffer !== this.memory.buffer) this.#floats = new Float32Array(this.memory.buffer);
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

  /** Memory of its own, all 0, until `reset`; its address. Throws a RangeError where there is no more. */
  reserve(bytes: number): number {
    const address = this.#top;
    const top = Math.ceil((address + bytes) / 64) * 64;
    const missing = Math.ceil(top / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) this.memory.grow(missing);
    this.#top = top;
    return address;
  }

  /** As `reserve`, and past any `reset`: the stacks of threads. */
  keep(bytes: number): number {
    const address = this.reserve(bytes);
    this.#bottom = this.#top;
    return address;
  }

  place(region: Region): Region {
    region.address = this.reserve(bytesOf(region));
    return region;
  }

  /** Scratch memory of each thread is at least so many floats. Before the first program runs. */
  needScratch(floats: number): void {
    if (this.#scratch && this.#scratch.floats >= floats) return;
    // Whole lines, so that no two threads write the same one.
    const each = Math.ceil(floats / 16) * 16;
    this.#scratch = { floats: each, address: this.reserve(4 * each * this.threads) };
  }

  /** Address of integers, the same for the same ones. */
  constants(values: readonly number[]): number {
    const key = values.join();
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const address = this.reserve(4 * values.length);
    new Int32Array(this.memory.buffer, address, values.length).set(values);
    this.#constants.set(key, address);
    return address;
  }

  load(code: readonly number[]): Program {
    const from = this.reserve(4 * code.length);
    new Int32Array(this.memory.buffer, from, code.length).set(code);
    return { from, to: from + 4 * code.length };
  }

  run({ from, to }: Program): void {
    const scratch = this.#scratch ?? { floats: 0, address: 0 };
    this.exports.run(from, to, this.threads, scratch.address, 4 * scratch.floats);
  }

  /** Forgets all that was reserved. */
  reset(): void {
    new Uint8Array(this.memory.buffer, this.#bottom, this.#top - this.#bottom).fill(0);
    this.#top = this.#bottom;
    this.#scratch = null;
    this.#constants.clear();
  }
}

function operationsOf({ buffer }: WebAssembly.Memory, { names, words }: KernelExports) {
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
