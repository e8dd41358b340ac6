import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEND_CASES } from '.';
import { nodeSurroundings } from '../../backends/node';
import { prepareBackend } from '../../backends/prepare';
import { caseFault, operationFault, comparisonFault } from './check';
import { OPERATIONS } from './operations';
import { COMPARISONS } from './comparisons';
import goldens from './goldens.json';

beforeAll(async () => {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
});

// webgl and webgpu have no place in Node: e2e/backends.spec.ts runs the same tables in a browser.
describe.each(['cpu', 'wasm'] as const)('mended tfjs on %s', (backend) => {
  it.each(MEND_CASES)('gives the numbers of PyTorch: $name', async (mend) => {
    await tf.setBackend(backend);
    expect(await caseFault(tf, mend)).toBeNull();
  });

  it.each(OPERATIONS)('agrees with finite differences: $name', async (operation) => {
    expect(await operationFault(tf, operation, backend)).toBeNull();
  });

  it.each(COMPARISONS)('agrees with numbers from elsewhere: $name', async (comparison) => {
    expect(await comparisonFault(tf, comparison, backend)).toBeNull();
  });

  it('leaves no tensor behind', async () => {
    await tf.setBackend(backend);
    const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    for (const mend of MEND_CASES) expect(await caseFault(tf, mend)).toBeNull();
    expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
  });
});

describe('the table of mends', () => {
  it('has a case for every recorded entry, under its own name', () => {
    expect(MEND_CASES.map(({ name }) => name).sort()).toEqual(Object.keys(goldens).sort());
  });

  it('names for every case a backend on which stock tfjs fails', () => {
    for (const { failsOn } of MEND_CASES) expect(failsOn).not.toEqual([]);
  });
});
