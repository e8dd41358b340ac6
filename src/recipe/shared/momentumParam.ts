import { float } from '@/core/params';

/** γ of every optimizer that keeps rolling; 0.9 as the course has it. */
export const momentumParam = float({
  label: 'Momentum γ',
  hint: 'Share of the last step that is kept.',
  min: 0,
  max: 1,
  default: 0.9,
});
