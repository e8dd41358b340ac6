import { definePoints } from '../points';

const TURNS = 1.75;
/** The arms start at this share of their length: nearer the centre they would touch. */
const START = 0.1;
const NOISE = 0.02;

/**
 * Two arms wound round each other, 1.75 turns each, half a turn apart; radius grows with the angle up to 1.
 * Task of Lang & Witbrock 1988 (three turns there); turns as in TensorFlow's playground (Smilkov & Carter 2016).
 */
export const spirals = definePoints({
  id: 'spirals',
  title: 'Spirals',
  summary: 'Two arms wound round each other: the hardest of the plane, for deeper networks.',
  classes: ['first arm', 'second arm'],
  counts: { train: 800, test: 200 },
  origin: 'After Lang & Witbrock 1988, "Learning to Tell Two Spirals Apart": 1.75 turns, noise 0.02',
  point: (label, random) => {
    const radius = START + (1 - START) * random.uniform();
    const angle = 2 * Math.PI * TURNS * radius + Math.PI * label;
    return [
      radius * Math.cos(angle) + NOISE * random.normal(),
      radius * Math.sin(angle) + NOISE * random.normal(),
    ];
  },
});
