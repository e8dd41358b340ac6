import * as tf from '@tensorflow/tfjs';
import { programContract } from '../contract';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { createProgram } from '../createProgram';
import { createReferenceProgram } from '../reference/createReferenceProgram';

/** Both `wasm` and `cpu` of the suite are our own kernels. */
programContract('the program on our own kernels', (_backend, ...wanted) => createProgram(nodeSurroundings, 'wasm', ...wanted));

/** What the suite compares between two backends, here between our kernels and the reference on plain JavaScript. */
programContract('the program on our own kernels beside the reference', async (backend, plan, options) => {
  if (backend === 'wasm') return createProgram(nodeSurroundings, 'wasm', plan, options);
  const prepared = await prepareBackend(tf, 'cpu', nodeSurroundings);
  return prepared.ok ? createReferenceProgram(tf, plan, options, prepared.value) : prepared;
});
