import { defineInitializer } from '../define';
import { gainParam } from '../shared/initializerParams';
import { orthonormal } from '../shared/orthonormal';

/** Rows and columns of the matrix that a weight is: all axes but the last are rows, as Keras flattens kernels. */
function sidesOf(shape: readonly number[]): readonly [rows: number, columns: number] {
  return [shape.slice(0, -1).reduce((product, size) => product * size, 1), shape.at(-1) ?? 1];
}

/** Above this stock tfjs warns of slowness: on plain JavaScript it takes 1 s for 20×100 and 40 s for 576×128. */
const mostInTfjs = 2000;

/**
 * gain · Q: orthonormal columns where there are at least as many rows as columns, else orthonormal rows; every
 * orientation is as likely as every other. A vector has length gain.
 */
export const orthogonal = defineInitializer({
  type: 'orthogonal',
  title: 'Orthogonal',
  reference:
    'Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear networks',
  params: { gain: gainParam },
  // tfjs refuses vectors and takes too long for large matrices; a normal of the same variance, gain²/longer side, does.
  stock: ({ gain }, shapes) => {
    const sides = shapes.map(sidesOf);
    return shapes.every((shape, i) => shape.length > 1 && sides[i]![0] * sides[i]![1] <= mostInTfjs)
      ? { className: 'Orthogonal', config: { gain, seed: null } }
      : {
          className: 'RandomNormal',
          config: { mean: 0, stddev: Math.abs(gain) / Math.sqrt(Math.max(...sides.flat())), seed: null },
        };
  },
  sample: (shape, _fans, random, { gain }) => {
    const [rows, columns] = sidesOf(shape);
    if (rows < columns) return Float32Array.from(orthonormal(rows, columns, random), (value) => gain * value);
    const vectors = orthonormal(columns, rows, random);
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        values[row * columns + column] = gain * vectors[column * rows + row]!;
      }
    }
    return values;
  },
});
