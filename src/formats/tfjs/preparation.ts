import { channels, elements } from '@/core/shape';
import type { DatasetDefinition } from '@/datasets/define';
import type { Recipe } from '@/recipe/recipe';
import type { InputTransform } from '../define';

/** What is done to stored values before they enter: (stored − shift) · factor. */
export interface Preparation {
  readonly kind: Recipe['inputs'];
  /** What the numbers go by: one for all values, one per channel, or one per feature. */
  readonly axis: 'all' | 'channel' | 'feature';
  /** `null` where training measured them and nobody kept them. */
  readonly shift: readonly number[] | null;
  readonly factor: readonly number[] | null;
}

/** How many numbers repeat to the whole: one, one per channel, or all. */
function period(values: readonly number[], groups: number): 'all' | 'channel' | 'feature' {
  if (values.every((value) => value === values[0])) return 'all';
  return groups < values.length && values.every((value, e) => value === values[e % groups]) ? 'channel' : 'feature';
}

/** How inputs have to be prepared: as training did it or, where nothing was measured, as the recipe says. */
export function preparationOf(
  kind: Recipe['inputs'],
  dataset: DatasetDefinition | undefined,
  shape: readonly number[],
  measured: InputTransform | null,
): Preparation {
  if (measured) {
    const shift = Array.from(measured.shift);
    const factor = Array.from(measured.factor);
    const groups = shape.length > 1 ? channels(shape) : elements([null, ...shape]);
    const axes = [period(shift, groups), period(factor, groups)];
    const axis = axes.includes('feature') ? 'feature' : axes.includes('channel') ? 'channel' : 'all';
    const length = axis === 'all' ? 1 : axis === 'channel' ? groups : shift.length;
    return { kind, axis, shift: shift.slice(0, length), factor: factor.slice(0, length) };
  }
  if (kind === 'standardised' || (kind === 'unit' && !dataset)) return { kind, axis: 'all', shift: null, factor: null };
  return { kind, axis: 'all', shift: [0], factor: [kind === 'unit' ? (dataset?.scale ?? 1) : 1] };
}

/** In words, for the finder of an exported model. */
export function preparationText({ kind, axis, shift, factor }: Preparation): string {
  if (shift && factor) {
    if (shift.every((value) => value === 0) && factor.every((value) => value === 1)) return 'as stored in the dataset';
    const per = axis === 'all' ? '' : `, per ${axis}`;
    return (
      `(stored − shift) · factor${per}\n         shift:  ${shift.join(', ')}\n         factor: ` +
      `${factor.join(', ')}`
    );
  }
  return kind === 'standardised'
    ? 'brought to zero mean and unit variance, per feature or channel, as measured on the training examples'
    : 'brought to the range 0 … 1';
}
