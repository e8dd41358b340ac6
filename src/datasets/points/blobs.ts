import { definePoints } from '../points';

const CLASSES = 3;
const DEVIATION = 0.3;

/**
 * Three Gaussian clouds, as scikit-learn's make_blobs(centers=3, cluster_std=0.3). The centres stand evenly on the unit
 * circle instead of anywhere, so that every seed is as hard as any other: neighbours lie √3 ≈ 5.8 deviations apart.
 */
export const blobs = definePoints({
  id: 'blobs',
  title: 'Blobs',
  summary: 'Three clouds of points: straight lines part them, so softmax regression is enough.',
  classes: ['top', 'left', 'right'],
  counts: { train: 900, test: 300 },
  origin: 'After make_blobs of scikit-learn (Pedregosa et al. 2011): 3 centres on the unit circle, deviation 0.3',
  point: (label, random) => {
    const angle = Math.PI / 2 + (2 * Math.PI * label) / CLASSES;
    return [Math.cos(angle) + DEVIATION * random.normal(), Math.sin(angle) + DEVIATION * random.normal()];
  },
});
