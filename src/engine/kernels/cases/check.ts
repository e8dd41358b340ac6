import type { Tensor } from '@tensorflow/tfjs';
import { relativeError } from '../testing';
import type { Tf } from '../tf';
import { finiteDifferences, spacedTensor } from './finiteDifferences';
import { type MendCase, expectedOf } from './mendCase';
import type { Operation } from './operations';
import type { Comparison } from './comparison';

/** Single precision, and the software of a browser that imitates a graphics card. */
const CASE_TOLERANCE = 1e-5;
/** Forward against the cpu backend: shaders take sine and cosine to some 2e-4. */
const FORWARD_TOLERANCE = 5e-4;
/** Finite differences in single precision. */
const GRADIENT_TOLERANCE = 2e-3;

async function valuesOf(tensors: Tensor[]): Promise<number[][]> {
  try {
    return await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}

/** What is wrong with a case on the current backend, in words; null where it agrees with PyTorch. */
export async function caseFault(tf: Tf, mend: MendCase): Promise<string | null> {
  try {
    const [values = []] = await valuesOf([tf.tidy(() => mend.run(tf))]);
    const error = relativeError(values, expectedOf(mend));
    return error < CASE_TOLERANCE ? null : `off by ${error.toExponential(1)} of the largest number`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is wrong with a comparison on a backend; null where it agrees. */
export async function comparisonFault(
  tf: Tf,
  { run, expected: known, tolerance = CASE_TOLERANCE }: Comparison,
  backendName: string,
): Promise<string | null> {
  try {
    await tf.setBackend('cpu');
    const [expected = []] = known ? [known] : await valuesOf([tf.tidy(() => run(tf))]);
    await tf.setBackend(backendName);
    const [values = []] = await valuesOf([tf.tidy(() => run(tf))]);
    const error = relativeError(values, expected);
    return error <= tolerance ? null : `off by ${error.toExponential(1)} of the largest number`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * What is wrong with an operation on a backend; null where its output agrees with the cpu backend's and its gradients
 * agree with finite differences of that. The backend is current afterwards.
 */
export async function operationFault(tf: Tf, operation: Operation, backendName: string): Promise<string | null> {
  const inputs = () => operation.shapes.map((shape, k) => spacedTensor(tf, shape, k + 1));
  try {
    await tf.setBackend('cpu');
    const expected = tf.tidy(() => operation.run(tf, ...inputs()));
    const upstream = tf.tidy(() => spacedTensor(tf, expected.shape, 9).dataSync());
    const differences = finiteDifferences(tf, operation, upstream);
    const { shape } = expected;
    const [forward = []] = await valuesOf([expected]);

    await tf.setBackend(backendName);
    const [output = [], ...gradients] = await valuesOf(
      tf.tidy(() => {
        const given = inputs();
        const dy = tf.tensor(Float32Array.from(upstream), shape);
        return [operation.run(tf, ...given), ...tf.grads((...xs: Tensor[]) => operation.run(tf, ...xs))(given, dy)];
      }),
    );
    const off = relativeError(output, forward);
    if (!(off < FORWARD_TOLERANCE)) return `output off by ${off.toExponential(1)}`;
    const wrong = gradients.map((values, k) => relativeError(values, differences[k] ?? []));
    const worst = Math.max(...wrong);
    return worst < GRADIENT_TOLERANCE ? null : `gradient off by ${worst.toExponential(1)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The kernels that `body` runs, by their names. */
export async function kernelsOf(tf: Tf, body: () => Tensor): Promise<readonly string[]> {
  const { result, kernels } = await tf.profile(() => tf.tidy(body));
  tf.dispose(result);
  return kernels.map(({ name }) => name);
}
