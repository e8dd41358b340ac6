import { describe, expect, it } from 'vitest';
import { cricket } from './cricket';

describe('cricket chirps', () => {
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

  it('have the least-squares line that numpy finds: 2.90567376 x + 32.51283688', async () => {
    const loaded = await cricket.load({ read: () => Promise.reject(new Error('No file.')), seed: 1 });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const { inputs, targets } = loaded.value.train;
    const meanX = mean(inputs);
    const meanY = mean(targets);
    let covariance = 0;
    let variance = 0;
    inputs.forEach((x, i) => {
      covariance += (x - meanX) * (targets[i]! - meanY);
      variance += (x - meanX) ** 2;
    });
    const slope = covariance / variance;
    expect(slope).toBeCloseTo(2.90567376, 5);
    expect(meanY - slope * meanX).toBeCloseTo(32.51283688, 4);
  });

  it('holds no example back, and says so', async () => {
    const loaded = await cricket.load({ read: () => Promise.reject(new Error('No file.')), seed: 1 });
    expect(cricket.counts).toEqual({ train: 13, test: 0 });
    const none = new Float32Array(0);
    expect(loaded.ok && loaded.value.test).toEqual({ count: 0, inputs: none, targets: none });
    expect(cricket.summary).toContain('nothing is held back');
  });
});
