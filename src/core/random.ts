/**
 * Counter-based random numbers: Philox 4×32 with 10 rounds (Salmon, Moraes, Dror & Shaw 2011,
 * "Parallel random numbers: as easy as 1, 2, 3"). The n-th number of a stream depends on nothing but
 * (seed, purpose, step, n), so a run that is paused, resumed or replayed draws the same numbers.
 */
export const PHILOX = { multipliers: [0xd2511f53, 0xcd9e8d57], weyl: [0x9e3779b9, 0xbb67ae85] } as const;
const [MULTIPLIER_0, MULTIPLIER_1] = PHILOX.multipliers;
const [WEYL_0, WEYL_1] = PHILOX.weyl;

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function mulHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const middle2 = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(middle2 / 0x10000)) >>> 0;
}

/** One block: 128 bits of counter under 64 bits of key give 128 random bits, written to `out[0..3]`. */
export function philox(counter: ArrayLike<number>, key0: number, key1: number, out: Uint32Array): void {
  let c0 = counter[0]! >>> 0;
  let c1 = counter[1]! >>> 0;
  let c2 = counter[2]! >>> 0;
  let c3 = counter[3]! >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round += 1) {
    const high0 = mulHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = mulHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a, 32 bits: turns the name of a purpose into a key. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Where a stream begins: the key, and the upper half of the counter, whose lower half counts blocks of four. */
export interface StreamStart {
  readonly key: readonly [number, number];
  readonly step: readonly [number, number];
}

/**
 * The stream of one purpose at one step of a run.
 * @param purpose names who draws: `init/conv1/kernel`, `shuffle`, `dropout/drop1`.
 */
export const streamStart = (seed: number, purpose: string, step = 0): StreamStart => ({
  key: [seed >>> 0, hash32(purpose)],
  step: [step >>> 0, Math.floor(step / 2 ** 32)],
});

export interface RandomStream {
  /** 32 random bits. */
  bits(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
}

/** The numbers of a stream, as `streamStart` names it, one after the other. */
export function randomStream(seed: number, purpose: string, step = 0): RandomStream {
  const start = streamStart(seed, purpose, step);
  const counter = new Uint32Array([0, 0, ...start.step]);
  const block = new Uint32Array(4);
  let used = 4;
  let spare: number | null = null;

  const bits = (): number => {
    if (used === 4) {
      philox(counter, ...start.key, block);
      counter[0]! += 1;
      if (counter[0] === 0) counter[1]! += 1;
      used = 0;
    }
    return block[used++]!;
  };
  const uniform = (): number => bits() / 2 ** 32;
  return {
    bits,
    uniform,
    normal: () => {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      // 1 − u lies in (0, 1], so the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    below: (bound) => Math.floor(uniform() * bound),
  };
}

/** A permutation of 0 … n−1 (Fisher and Yates). */
export function permutation(n: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}
