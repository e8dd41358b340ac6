import { sizes } from '@/core/params';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { formatShape, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { python } from '../emit';
import { axisName } from '../shared/axes';

const axesOf = (input: Shape): readonly number[] => input.slice(1).map((_, i) => i + 1);
const ordered = (input: Shape, order: readonly number[]): Shape => [null, ...order.map((axis) => input[axis] ?? 1)];

/** An order of all axes that keeps what it can of the one wanted; else the axes the other way round. */
function whole(input: Shape, order: readonly number[]): readonly number[] {
  const axes = axesOf(input);
  const kept = [...new Set(order)].filter((axis) => axes.includes(axis));
  return [...kept, ...axes.filter((axis) => !kept.includes(axis))];
}

/**
 * The axes of its input in another order.
 * Input:  [batch, n₁, n₂, …]     Output: [batch, n at the first of the order, n at the second, …]
 * Harris et al. 2020, "Array programming with NumPy".
 */
export const permute = defineLayer({
  type: 'permute',
  family: 'shape',
  title: 'Permute',
  summary: 'Puts the axes in another order: rows become columns, steps become channels.',
  keywords: ['transpose', 'swap axes', 'reorder', 'channels first'],
  reference: 'Harris et al. 2020, Array programming with NumPy',
  params: {
    order: sizes({
      label: 'Order of axes',
      hint: '1 is the first without the batch.',
      default: [2, 1],
      maxRank: 5,
      entry: 'place',
    }),
  },
  shape: ([input = []], p) => {
    const axes = axesOf(input);
    if (p.order.length === axes.length && axes.every((axis) => p.order.includes(axis))) {
      return shaped(ordered(input, p.order));
    }
    const named = axes.map((axis) => `${axis} (${axisName(input, axis)})`).join(', ');
    const missing = axes.filter((axis) => !p.order.includes(axis));
    const strange = p.order.filter((axis) => !axes.includes(axis));
    const twice = [...new Set(p.order.filter((axis, i) => axes.includes(axis) && p.order.indexOf(axis) !== i))];
    const wrong = [
      ...(missing.length > 0 ? [`${missing.join(', ')} is missing`] : []),
      ...(strange.length > 0 ? [`there is no ${strange.join(', ')}`] : []),
      ...(twice.length > 0 ? [`${twice.join(', ')} stands there twice`] : []),
    ].join(', ');
    const kept = whole(input, p.order);
    const turned = axes.toReversed();
    const orders = [kept, ...(turned.join() === kept.join() ? [] : [turned])].filter((order) => order.length > 0);
    const wanted = `must name each axis of ${formatShape(input)} once, ${named || 'none'}`;
    return refused(
      problem('permute.order', `The order ${p.order.join(', ')} ${wanted}: ${wrong}.`, {
        expected: `an order of ${axes.join(', ')}`,
        got: p.order.join(', '),
        params: ['order'],
        fixes: orders.map((order) => ({
          title: `order ${order.join(', ')} → ${formatShape(ordered(input, order))}`,
          params: { order },
        })),
      }),
    );
  },
  lower: (p) => [{ className: 'Permute', config: { dims: p.order } }],
  reads: {
    Permute: ({ dims }) =>
      Array.isArray(dims) && dims.every((axis): axis is number => typeof axis === 'number')
        ? ok({ order: dims })
        : err(`its dims ${JSON.stringify(dims)} can’t be read`),
  },
  formula: ([input = []], [output = []], p) => [
    {
      title: 'Axes',
      lines: p.order.map((axis, i) => [
        `${i + 1}: `,
        { text: `axis ${axis}`, param: 'order' },
        `, ${axisName(input, axis)} `,
        { text: `${output[i + 1] ?? 1}`, result: true },
      ]),
    },
  ],
  telling: (p) => p.order.join(', '),
  macs: null,
  torch: (p) => ({ module: null, call: `x.permute(${[0, ...p.order].join(', ')})`, layout: 'last', weights: {} }),
  keras: (p) => ({ call: `layers.Permute(${python(p.order)})(x)` }),
  cases: [
    { in: [[null, 5, 3]], out: [[null, 3, 5]], weights: 0 },
    { params: { order: [3, 1, 2] }, in: [[null, 4, 5, 3]], out: [[null, 3, 4, 5]], weights: 0 },
    { params: { order: [2, 1, 4, 3] }, in: [[null, 2, 3, 4, 5]], out: [[null, 3, 2, 5, 4]], weights: 0 },
  ],
});
