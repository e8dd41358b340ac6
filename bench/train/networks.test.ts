import { describe, expect, it } from 'vitest';
import { type NetId, planOf } from './networks';

/** Trained parameters by hand; ResNet-20's is the one that the literature gives for projection shortcuts. */
const counts: Readonly<Record<NetId, number>> = {
  mlp: 785 * 128 + 129 * 10,
  'lenet-5': 61_706,
  'vgg-s': 896 + 9_248 + 18_496 + 36_928 + 73_856 + 147_584 + 2_049 * 128 + 129 * 10,
  'resnet-20': 272_474,
  mobilenet: 9 * 64 + 128 + 64 * 128 + 256 + (9 * 128 + 256 + 128 * 128 + 256) + 1_290,
  densenet: [24, 36, 48, 60].reduce((sum, maps) => sum + 2 * maps + 9 * maps * 12, 0) + 2 * 72 + 730,
};

describe('the networks of the benchmark', () => {
  it.each(Object.entries(counts))('%s has %i trained parameters', (net, count) => {
    expect(planOf(net as NetId).totals.trainable).toBe(count);
  });
});
