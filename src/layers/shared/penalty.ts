import { float, type AnyParams } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import type { WeightSpec } from '../define';
import { pythonCall, type PythonSource } from '../emit';

interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

/** Penalties on a layer's kernel, as parameters. */
export const penaltyParams = {
  l1: float({
    label: 'L1 penalty λ',
    hint: 'Adds λ·Σ|w| over the kernel to the loss, which pulls small weights to 0.',
    min: 0,
    max: 1000,
    default: 0,
    advanced: true,
  }),
  l2: float({
    label: 'L2 penalty λ',
    hint: 'Adds λ·Σw² over the kernel to the loss, which keeps weights small.',
    min: 0,
    max: 1000,
    default: 0,
    advanced: true,
  }),
} as const;

/** What the engine adds to the loss for the kernel; nothing where both are 0. */
export const penaltyOf = ({ l1, l2 }: Penalty): WeightSpec['penalty'] => (l1 > 0 || l2 > 0 ? { l1, l2 } : undefined);

/** The penalty as the layers format says it: a config's `kernelRegularizer`. */
export const stockRegularizer = ({ l1, l2 }: Penalty) =>
  l1 > 0 || l2 > 0 ? { className: 'L1L2', config: { l1, l2 } } : null;

/** What Keras takes for `kernel_regularizer=`, to be handed to `pythonCall`; nothing for none. */
export function kerasRegularizer({ l1, l2 }: Penalty): PythonSource | undefined {
  if (l1 > 0 && l2 > 0) return { source: pythonCall('regularizers.L1L2', [l1, l2]) };
  if (l1 > 0) return { source: pythonCall('regularizers.L1', [l1]) };
  return l2 > 0 ? { source: pythonCall('regularizers.L2', [l2]) } : undefined;
}

const isFactor = (value: unknown): value is number => typeof value === 'number' && value >= 0;

/** A stock config's `kernelRegularizer`: `L1`, `L2` or `L1L2`. */
export function readPenalty({ kernelRegularizer: given }: AnyParams): Result<Penalty> {
  if (given === undefined || given === null) return ok({ l1: 0, l2: 0 });
  const { className, config = {} } = (typeof given === 'object' ? given : {}) as {
    readonly className?: unknown;
    readonly config?: { readonly l1?: unknown; readonly l2?: unknown } | null;
  };
  const { l1 = 0, l2 = 0 } = config ?? {};
  if (isFactor(l1) && isFactor(l2)) {
    if (className === 'L1L2') return ok({ l1, l2 });
    if (className === 'L1') return ok({ l1, l2: 0 });
    if (className === 'L2') return ok({ l1: 0, l2 });
  }
  return err(`its kernelRegularizer is ${JSON.stringify(given)}, which can’t be drawn (only L1, L2 or L1L2)`);
}
