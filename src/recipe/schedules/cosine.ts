import { float } from '@/core/params';
import { defineSchedule } from '../define';

/**
 * Half a cosine from 1 down to `final` over the run: final + (1 − final)·½(1 + cos πt).
 * Loshchilov & Hutter 2017, eq. 5.
 * Before it, over the share `warmup` of the steps, a straight line up to 1 that does not begin at 0.
 * Goyal et al. 2017, §2.2.
 */
export const cosine = defineSchedule({
  type: 'cosine',
  title: 'Cosine',
  summary: 'Falls along half a cosine to the end of the run, after an optional warm-up.',
  reference: 'Loshchilov & Hutter 2017, SGDR, eq. 5; Goyal et al. 2017, Accurate, Large Minibatch SGD, §2.2 (warm-up)',
  params: {
    warmup: float({
      label: 'Warm-up',
      hint: 'Share of all steps in which the rate rises.',
      min: 0,
      max: 0.9,
      default: 0,
    }),
    final: float({ label: 'Final share', hint: 'Share of the rate left at the end.', min: 0, max: 1, default: 0 }),
  },
  factor: ({ step, totalSteps, params: { warmup, final } }) => {
    const rising = Math.round(warmup * totalSteps);
    if (step < rising) return (step + 1) / rising;
    const share = Math.min(1, (step - rising) / Math.max(1, totalSteps - rising));
    return final + ((1 - final) * (1 + Math.cos(Math.PI * share))) / 2;
  },
});
