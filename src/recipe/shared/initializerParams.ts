import { float } from '@/core/params';

/** Beyond this a 32-bit network overflows in its first step. */
const most = 1e6;

/** Any number that a weight may begin with. */
export const weightParam = (label: string, value: number, hint?: string) =>
  float({ label, hint, min: -most, max: most, default: value });

export const deviationParam = float({ label: 'Deviation', min: 0, max: most, default: 0.05 });

/** Factor on an orthogonal or identity matrix. */
export const gainParam = float({ label: 'Gain', min: -most, max: most, default: 1 });
