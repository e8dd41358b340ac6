import type { RandomStream } from '@/core/random';

/**
 * Random orthonormal vectors, one after the other: the rows of a row-major matrix [count, length], count ≤ length.
 * Every orientation is as likely as every other (Haar's measure). They are Q of the QR decomposition of a Gaussian
 * matrix, R's diagonal made positive, but without the matrix: below the columns that are already reflected a Gaussian
 * matrix stays Gaussian, so the reflections can be drawn one by one. 2·length·count² multiply-adds in 64-bit floats.
 * Stewart 1980, "The efficient generation of random orthogonal matrices with an application to condition estimators".
 */
export function orthonormal(count: number, length: number, random: RandomStream): Float64Array {
  const rows = new Float64Array(count * length);
  const mirror = new Float64Array(length);
  for (let k = count - 1; k >= 0; k -= 1) {
    let square = 0;
    for (let i = k; i < length; i += 1) {
      const value = random.normal();
      mirror[i] = value;
      square += value * value;
    }
    const norm = Math.sqrt(square);
    const first = mirror[k]!;
    const sign = first < 0 ? -1 : 1;
    // The reflection takes the Gaussian column to −sign·norm on the diagonal; the row's own sign makes it positive.
    rows[k * length + k] = -sign;
    if (norm === 0) continue;
    mirror[k] = first + sign * norm;
    const scale = 1 / (square + Math.abs(first) * norm);
    for (let row = k; row < count; row += 1) reflect(rows.subarray(row * length, (row + 1) * length), mirror, k, scale);
  }
  return rows;
}

/** row − scale·(row · mirror)·mirror, from entry `from` on; before it the mirror is 0. */
function reflect(row: Float64Array, mirror: Float64Array, from: number, scale: number): void {
  let product = 0;
  for (let i = from; i < row.length; i += 1) product += row[i]! * mirror[i]!;
  const factor = product * scale;
  for (let i = from; i < row.length; i += 1) row[i]! -= factor * mirror[i]!;
}
