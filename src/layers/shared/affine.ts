import type { Tensor } from '@tensorflow/tfjs';
import { bool, float } from '@/core/params';
import type { Formula, Term, Tf, WeightSpec } from '../define';

/** What normalisations have in common: ε, and whether they learn a scale γ and a shift β. */
export const affineParams = {
  epsilon: float({ label: 'ε', hint: 'Added to the variance.', min: 0, max: 1, default: 1e-5 }),
  scale: bool({ label: 'Scale γ', default: true }),
  center: bool({ label: 'Shift β', default: true }),
} as const;

interface Affine {
  readonly epsilon: number;
  readonly scale: boolean;
  readonly center: boolean;
}

/** γ and β of a shape, as far as there are any. */
export const affineWeights = (
  shape: readonly number[],
  p: Affine,
  trainable = true,
): Readonly<Record<string, WeightSpec>> => ({
  ...(p.scale && { gamma: { shape, initializer: 'ones', trainable } }),
  ...(p.center && { beta: { shape, initializer: 'zeros', trainable } }),
});

/** γ·x + β. */
export function affine(tf: Tf, x: Tensor, { gamma, beta }: Readonly<Record<string, Tensor>>): Tensor {
  const scaled = gamma ? tf.mul(x, gamma) : x;
  return beta ? tf.add(scaled, beta) : scaled;
}

/** `γ·(x − μ)/√(σ² + 0.00001) + β`. */
export const normalForm = (title: string, p: Affine): Formula => ({
  title,
  lines: [
    [
      'y = ',
      ...(p.scale ? [{ text: 'γ', param: 'scale' }, '·'] : []),
      '(x − μ)/√(σ² + ',
      { text: `${p.epsilon}`, param: 'epsilon' },
      ')',
      ...(p.center ? [' + ', { text: 'β', param: 'center' }] : []),
    ],
  ],
});

/** `γ, β: 2·6 = 12`, of a number of each. */
export function learnedLine(count: number, p: Affine): readonly Term[] {
  const names = [p.scale && 'γ', p.center && 'β'].filter((name) => name !== false);
  return [
    `${names.join(', ') || 'learned'}: ${names.length}·`,
    { text: `${count}`, input: true },
    ' = ',
    { text: (names.length * count).toLocaleString('en'), result: true },
  ];
}

/** γ and β as a PyTorch module's; one that is not learned stays 1 or 0 there. */
export const affineTorchWeights = (p: Affine) => ({
  ...(p.scale && { weight: { from: 'gamma' } }),
  ...(p.center && { bias: { from: 'beta' } }),
});
