import { kept, sumTo } from './gradients';
import { mendGradient } from './mend';
import type { Tf } from './tf';

/** Kernels that broadcast their operands, whose stock gradients come in the shape of the output. */
const BROADCASTING = ['BatchMatMul', 'SquaredDifference'];

/** A broadcast operand gets the sum of the gradients of its copies; stock tfjs throws over the shape. */
export function mendBroadcastGradients(tf: Tf): void {
  for (const kernelName of BROADCASTING) {
    mendGradient(tf, kernelName, (stock) => ({
      ...stock,
      gradFunc: (dy, saved, attrs) => {
        const gradients = stock.gradFunc(dy, saved, attrs);
        return Object.fromEntries(
          (stock.inputsToSave ?? []).map((name, i) => [
            name,
            () => sumTo(tf, gradients[name]!(), kept(saved, i).shape),
          ]),
        );
      },
    }));
  }
}
