/**
 * Uniform numbers in [−1, 1) from a seed, the i-th by a hash of i (the finaliser of MurmurHash3, Appleby 2011). They
 * have 24 bits, so 32-bit floats hold them exactly; `e2e/parity/formula.py` computes the same.
 */
export function uniform(seed: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    let hash = (Math.imul(i, 0x9e3779b9) + seed) | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
    return (hash >>> 8) / 2 ** 23 - 1;
  });
}

/** `offset + scale·u`, rounded to 32 bits. */
export interface Formula {
  readonly seed: number;
  readonly offset: number;
  readonly scale: number;
}

export const valuesOf = ({ seed, offset, scale }: Formula, count: number): Float32Array =>
  uniform(seed, count).map((u) => offset + scale * u);
