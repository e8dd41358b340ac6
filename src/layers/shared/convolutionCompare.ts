import { channels, type Shape } from '@/core/shape';
import type { Comparison } from '../define';
import { volume } from './windows';

interface Compared {
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
}

/** Weights of one kernel for all positions against one for each: what parameter sharing saves. */
export function compareUnshared(input: Shape, output: Shape, p: Compared): readonly Comparison[] {
  const places = output.slice(1, -1).reduce<number>((product, size) => product * (size ?? 1), 1);
  if (places === 1) return [];
  const shared = p.filters * (volume(p.kernel) * (channels(input) / p.groups) + (p.bias ? 1 : 0));
  return [
    {
      title: 'Parameters, shared over positions or not',
      rows: [
        { label: 'One kernel per filter', value: shared },
        { label: 'One kernel per filter and position', value: shared * places },
      ],
      reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §9.2',
    },
  ];
}

/**
 * Weights of one wide kernel against a stack of kernels of 3 that sees the same: three 3×3 for one 7×7. Biases left
 * out, all layers of the stack with this one's filters.
 */
export function compareStack(input: Shape, p: Compared): readonly Comparison[] {
  const [size = 1] = p.kernel;
  const isSquare = p.kernel.every((other) => other === size);
  const isDense = [...p.stride, ...p.dilation, p.groups].every((value) => value === 1);
  // The paper's argument is for as many channels in as out.
  if (!isSquare || !isDense || size < 5 || size % 2 === 0 || channels(input) !== p.filters) return [];
  const layers = (size - 1) / 2;
  const small = 3 ** p.kernel.length * p.filters;
  const text = (side: number) => p.kernel.map(() => side).join('×');
  return [
    {
      title: `Weights, one ${text(size)} or ${layers} of ${text(3)} that see the same`,
      rows: [
        { label: `One ${text(size)}`, value: volume(p.kernel) * channels(input) * p.filters },
        { label: `${layers} of ${text(3)}`, value: small * channels(input) + (layers - 1) * small * p.filters },
      ],
      reference: 'Simonyan & Zisserman 2015, Very deep convolutional networks for large-scale image recognition, §2.3',
    },
  ];
}
