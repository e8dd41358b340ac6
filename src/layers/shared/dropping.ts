import { float, type AnyParams } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import type { Formula } from '../define';

/** The share that is dropped, as a parameter. */
export const dropRate = (fallback: number) => float({ label: 'Drop rate', min: 0, max: 0.95, default: fallback });

/** Why PyTorch's numbers are others in training. */
export const RANDOM = 'PyTorch draws other random numbers, so that only their statistics can be compared.';

const short = (value: number) => `${Number(value.toFixed(4))}`;

/** Inverted dropout in the user's numbers: what is left, and by what it is scaled so that the mean stays. */
export const dropFormulas = (rate: number): readonly Formula[] => [
  {
    title: 'Share kept while training',
    lines: [['1 − ', { text: `${rate}`, param: 'rate' }, ' = ', { text: short(1 - rate), result: true }]],
  },
  {
    title: 'What is kept is scaled by',
    lines: [['1/(1 − ', { text: `${rate}`, param: 'rate' }, ') = ', { text: short(1 / (1 - rate)), result: true }]],
  },
];

/** A stock config's rate; a shape by which numbers share a draw can't be drawn. */
export function readRate(config: AnyParams): Result<{ readonly rate: number }> {
  if (typeof config.rate !== 'number') return err('its rate is missing');
  if (config.noiseShape !== undefined && config.noiseShape !== null) {
    return err('its noise shape, by which numbers share one draw, can’t be drawn');
  }
  return ok({ rate: config.rate });
}
