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

/** A value that two layers take: the second adds to the gradient of the first. */
export const beside = (one: Entry, other: Entry, sizes: readonly number[]): readonly Entry[] => [
  ['in', 'input', { shape: [4] }],
  ['h', 'dense', { units: sizes.reduce((product, size) => product * size, 5) }],
  ['before', 'reshape', { shape: [...sizes, 5] }],
  [one[0], one[1], one[2], ['before']],
  ['f', 'flatten'],
  ['d', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
  [other[0], other[1], other[2], ['before']],
  ['f2', 'flatten'],
  ['d2', 'dense', { units: 3, activation: 'softmax' }],
  ['out2', 'output'],
];
