import { definePoints } from '../points';

const NOISE = 0.1;

/** Two half circles that interlock, as scikit-learn's make_moons(noise=0.1), at random instead of even angles. */
export const moons = definePoints({
  id: 'moons',
  title: 'Moons',
  summary: 'Two half moons that reach into each other: the boundary has to bend.',
  classes: ['upper', 'lower'],
  counts: { train: 800, test: 200 },
  origin: 'After make_moons of scikit-learn (Pedregosa et al. 2011): noise 0.1',
  point: (label, random) => {
    const angle = Math.PI * random.uniform();
    const [x, y] =
      label === 1 ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    return [x + NOISE * random.normal(), y + NOISE * random.normal()];
  },
});
