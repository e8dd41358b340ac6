import { float } from '@/core/params';
import { defineSchedule } from '../define';

/** decay^epoch; the same throughout an epoch, as PyTorch's ExponentialLR. */
export const exponential = defineSchedule({
  type: 'exponential',
  title: 'Exponential',
  summary: 'Times the same number after each epoch.',
  reference: null,
  params: {
    decay: float({ label: 'Decay', hint: 'Share of the rate left after an epoch.', min: 1e-6, max: 1, default: 0.95 }),
  },
  factor: ({ epoch, params }) => params.decay ** epoch,
});
