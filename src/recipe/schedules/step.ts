import { float, int } from '@/core/params';
import { defineSchedule } from '../define';

/** Divided by `divisor` every `every` epochs: divisor^−⌊epoch/every⌋. */
export const step = defineSchedule({
  type: 'step',
  title: 'Step',
  summary: 'Divided by the same number every few epochs.',
  reference: 'Krizhevsky, Sutskever & Hinton 2012, ImageNet Classification with Deep CNNs, §5 (by hand, ÷ 10)',
  params: {
    every: int({ label: 'Every', hint: 'Epochs between two divisions.', min: 1, max: 100_000, default: 10 }),
    divisor: float({ label: 'Divide by', min: 1, max: 1e6, default: 10 }),
  },
  factor: ({ epoch, params }) => params.divisor ** -Math.floor(epoch / params.every),
});
