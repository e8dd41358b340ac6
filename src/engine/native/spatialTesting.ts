import type { Entry } from '../testing/plans';

export const ranks = [1, 2, 3] as const;

/** A network of tests around a layer: what comes before it is trained, and sees its gradients. */
export const around = (
  type: string,
  params: Readonly<Record<string, unknown>>,
  sizes: readonly number[],
  channels: number,
): readonly Entry[] => [
  ['in', 'input', { shape: [4] }],
  ['h', 'dense', { units: sizes.reduce((product, size) => product * size, channels) }],
  ['before', 'reshape', { shape: [...sizes, channels] }],
  ['layer', type, params],
  ['f', 'flatten'],
  ['d', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
];
