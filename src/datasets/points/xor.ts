import { definePoints } from '../points';

const NOISE = 0.3;

/**
 * Clouds round the four corners (±1, ±1), deviation 0.3; the class is the exclusive or of the corner's signs.
 * The truth table that a single layer cannot learn: Minsky & Papert 1969.
 */
export const xor = definePoints({
  id: 'xor',
  title: 'XOR',
  summary: 'Opposite corners belong together: the smallest problem that a single layer cannot learn.',
  classes: ['same signs', 'opposite signs'],
  counts: { train: 800, test: 200 },
  origin: 'After Minsky & Papert 1969, "Perceptrons": four corners, deviation 0.3',
  point: (label, random) => {
    const x = random.uniform() < 0.5 ? -1 : 1;
    const y = label === 1 ? -x : x;
    return [x + NOISE * random.normal(), y + NOISE * random.normal()];
  },
});
