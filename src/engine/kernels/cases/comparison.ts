import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf';

/** Something whose work a backend divides or joins in a way of its own, held to numbers from elsewhere. */
export interface Comparison {
  readonly name: string;
  readonly run: (tf: Tf) => Tensor;
  /** Default: what the cpu backend gives. */
  readonly expected?: readonly number[];
  /** Largest difference, relative to the largest number. Default: rounding. */
  readonly tolerance?: number;
}
