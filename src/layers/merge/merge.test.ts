import { describe, expect, it } from 'vitest';
import type { Shape } from '@/core/shape';
import { add } from './add';
import { concatenate } from './concatenate';

const adding = (...inputs: Shape[]) => add.shape(inputs, {}).problems.map(({ message }) => message);
const joining = (axis: string, ...inputs: Shape[]) => concatenate.shape(inputs, { axis }).problems;

describe('adding', () => {
  it('tells the sizes that differ, in the user’s own numbers', () => {
    expect(adding([null, 28, 28, 6], [null, 14, 28, 6])).toEqual([
      '28×28×6 + 14×28×6: heights 28 and 14 differ. Only inputs of one shape can be added. ' +
        'A 1×1 convolution brings channels together, its stride height and width.',
    ]);
    expect(adding([null, 8], [null, 8], [null, 9])).toEqual([
      '8 + 8 + 9: features 8 and 9 differ. Only inputs of one shape can be added.',
    ]);
  });

  it('does not broadcast', () => {
    expect(adding([null, 28, 28, 6], [null, 6])).toEqual([
      '28×28×6 + 6: ranks 3 and 1 differ. Only inputs of one shape can be added.',
    ]);
  });
});

describe('concatenating', () => {
  it('refuses sizes that differ off the axis', () => {
    const [problem, ...more] = joining('channels', [null, 28, 28, 6], [null, 14, 14, 6]);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 'error', code: 'concat.axis', fixes: [] });
    expect(problem?.message).toBe(
      '28×28×6 ⧺ 14×14×6 along channels: heights 28 and 14 differ, widths 28 and 14 differ. All other sizes must be equal.',
    );
  });

  it('offers the axis along which they do fit', () => {
    const [problem] = joining('channels', [null, 4, 5, 3], [null, 2, 5, 3]);
    expect(problem?.fixes).toEqual([{ title: 'along height → 6×5×3', params: { axis: 'height' } }]);
    expect(joining('height', [null, 4, 5, 3], [null, 2, 5, 3])).toEqual([]);
  });

  it('knows that a vector has no width', () => {
    const [problem] = joining('width', [null, 4], [null, 3]);
    expect(problem?.message).toContain('there is no width in 4');
    expect(problem?.fixes?.[0]?.title).toBe('along channels → 7');
  });
});
