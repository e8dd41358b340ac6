import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { availableBackends } from './available';
import { nodeSurroundings } from './node';
import { prepareBackend } from './prepare';

describe('preparing a backend', () => {
  it('in Node starts wasm with SIMD from the package itself, in the same tfjs', async () => {
    expect(await prepareBackend(tf, 'wasm', nodeSurroundings)).toEqual({
      ok: true,
      value: { name: 'wasm', detail: 'wasm · SIMD · 1 thread' },
    });
    expect(tf.getBackend()).toBe('wasm');
    expect(tf.tensor1d([1, 2]).add(1).arraySync()).toEqual([2, 3]);
  });

  it('that this machine lacks is a problem, and the current one stays', async () => {
    await prepareBackend(tf, 'wasm', nodeSurroundings);
    const result = await prepareBackend(tf, 'webgl', nodeSurroundings);
    expect(result).toMatchObject({ ok: false, error: { code: 'backend.unavailable' } });
    expect(tf.getBackend()).toBe('wasm');
    expect(tf.tensor1d([1, 2]).add(1).arraySync()).toEqual([2, 3]);
  });
});

describe('the backends on offer', () => {
  const names = async (webgpu: 'hardware' | 'software' | 'none', webgl: 'hardware' | 'software' | 'none') =>
    (await availableBackends({ ...nodeSurroundings, graphics: () => Promise.resolve({ webgpu, webgl }) })).map(
      ({ name }) => name,
    );

  it('begin with the GPU where there is one, with wasm where there is none', async () => {
    expect(await names('hardware', 'hardware')).toEqual(['webgpu', 'webgl', 'wasm', 'cpu']);
    expect(await names('none', 'software')).toEqual(['wasm', 'webgl', 'cpu']);
    expect(await names('none', 'none')).toEqual(['wasm', 'cpu']);
  });
});
