import { definePoints } from '../points';

/** Inner radius; the outer is 1. */
const FACTOR = 0.3;
const NOISE = 0.05;

/**
 * Two rings about one centre, as scikit-learn's make_circles(factor=0.3, noise=0.05), at random instead of even angles.
 * A triangle round the inner ring reaches out to twice its inradius: 2 · (0.3 + 2 · 0.05) = 0.8, inside the outer ring,
 * so three hidden neurons are enough.
 */
export const rings = definePoints({
  id: 'rings',
  title: 'Rings',
  summary: 'One ring inside another: no straight line parts them, three hidden neurons do.',
  classes: ['outer', 'inner'],
  counts: { train: 800, test: 200 },
  origin: 'After make_circles of scikit-learn (Pedregosa et al. 2011): factor 0.3, noise 0.05',
  point: (label, random) => {
    const radius = label === 1 ? FACTOR : 1;
    const angle = 2 * Math.PI * random.uniform();
    return [
      radius * Math.cos(angle) + NOISE * random.normal(),
      radius * Math.sin(angle) + NOISE * random.normal(),
    ];
  },
});
