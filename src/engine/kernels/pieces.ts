import { mendGradient } from './mend';
import type { Tf } from './tf';

/**
 * Gradients of split and unstack into one piece. The tape hands the gradient of a single output as a tensor, where
 * stock tfjs counts on a list and throws.
 */
export function mendPieces(tf: Tf): void {
  for (const kernelName of ['SplitV', 'Unpack']) {
    mendGradient(tf, kernelName, (stock) => ({
      ...stock,
      gradFunc: (dy, saved, attrs) => stock.gradFunc([dy].flat(), saved, attrs),
    }));
  }
}
