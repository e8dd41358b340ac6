import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { formatShape, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { axisAt, axisName, axisParam, axisProblem, torchDim, torchLayout } from '../shared/axes';
import { argumentNames, mergeKeras } from '../shared/elementwise';
import { difference, joined } from '../shared/merging';

/** Versions 1's axes by name: `height` and `width` were the first and second, whatever came in. */
const axesByName: ReadonlyMap<unknown, number> = new Map([
  ['channels', -1],
  ['height', 1],
  ['width', 2],
]);

const fits = (inputs: readonly Shape[], at: number): boolean => difference(inputs, { except: at }) === null;

/** The output along an axis that fits. */
const along = (inputs: readonly Shape[], at: number): Shape =>
  (inputs[0] ?? []).map((size, i) => (i === at ? inputs.reduce((sum, input) => sum + (input[i] ?? 1), 0) : size));

/**
 * Its inputs one after the other along an axis.
 * Input:  two or more of [batch, …], alike off the axis     Output: the axis's sizes summed
 * Szegedy et al. 2015, "Going deeper with convolutions", §4.
 */
export const concatenate = defineLayer({
  type: 'concatenate',
  family: 'merge',
  title: 'Concatenate',
  summary: 'Puts inputs one after the other, by channels unless told otherwise.',
  keywords: ['concat', 'join', 'stack', 'merge', 'inception', 'dense block'],
  shortcut: 'k',
  reference: 'Szegedy et al. 2015, Going deeper with convolutions, §4',
  params: { axis: axisParam('Along axis') },
  version: 2,
  migrations: { 2: (params) => ({ ...params, axis: axesByName.get(params.axis ?? 'channels') ?? params.axis }) },
  inputs: { kind: 'variadic', name: 'input', min: 2 },
  shape: (inputs, p) => {
    const [first = []] = inputs;
    const at = axisAt(first, p.axis);
    if (at !== null && fits(inputs, at)) return shaped(along(inputs, at));
    const ranks = new Set(inputs.map((input) => input.length)).size;
    const noAxis = axisProblem(first, p.axis);
    if (noAxis && ranks === 1) return refused(noAxis);
    const name = at === null ? `axis ${p.axis}` : axisName(first, at);
    const why = difference(inputs, { except: at }) ?? '';
    return refused(
      problem('concat.axis', `${joined(inputs, '⧺')} along ${name}: ${why}. All other sizes must be equal.`, {
        expected: `equal sizes but for the ${name}`,
        got: inputs.map(formatShape).join(', '),
        params: ['axis'],
        fixes: first.flatMap((_size, axis) =>
          axis === 0 || axis === at || !fits(inputs, axis)
            ? []
            : [{ title: `along ${axisName(first, axis)} → ${formatShape(along(inputs, axis))}`, params: { axis } }],
        ),
      }),
    );
  },
  // tfjs takes any negative axis for the last.
  lower: (p, { inputs: [first = []] }) => [
    { className: 'Concatenate', config: { axis: p.axis === -1 ? -1 : axisAt(first, p.axis) } },
  ],
  reads: {
    Concatenate: ({ axis }) => {
      const isNumber = typeof axis === 'number';
      if (isNumber || axis === undefined || axis === null) return ok({ axis: isNumber ? axis : -1 });
      return err(`its axis ${JSON.stringify(axis)} can’t be read`);
    },
  },
  formula: (inputs, [output = []], p) => {
    const at = axisAt(output, p.axis) ?? 1;
    return [
      {
        title: `Output size, ${axisName(output, at)}`,
        lines: [
          [
            ...inputs.flatMap((input, i): Term[] => [
              ...(i > 0 ? [' + '] : []),
              { text: `${input[at] ?? 1}`, input: true },
            ]),
            ' = ',
            { text: `${output[at] ?? 1}`, result: true as const },
          ],
        ],
      },
    ];
  },
  telling: (p) => (p.axis === -1 ? '' : `along axis ${p.axis}`),
  macs: null,
  torch: (p, { inputs, outputs: [output = []] }) => ({
    module: null,
    call: `torch.cat([${argumentNames(inputs).join(', ')}], dim=${torchDim(output, axisAt(output, p.axis) ?? 1)})`,
    layout: torchLayout(output),
    weights: {},
  }),
  keras: (p, { inputs }) => mergeKeras(inputs, `layers.Concatenate(${p.axis === -1 ? '' : `axis=${p.axis}`})`),
  cases: [
    // GoogLeNet's cell 3a: 64 + 128 + 32 + 32.
    {
      in: [
        [null, 28, 28, 64],
        [null, 28, 28, 128],
        [null, 28, 28, 32],
        [null, 28, 28, 32],
      ],
      out: [[null, 28, 28, 256]],
      weights: 0,
    },
    {
      in: [
        [null, 3],
        [null, 4],
      ],
      out: [[null, 7]],
      weights: 0,
    },
    {
      params: { axis: 1 },
      in: [
        [null, 2, 5, 3],
        [null, 4, 5, 3],
      ],
      out: [[null, 6, 5, 3]],
      weights: 0,
    },
    {
      params: { axis: -2 },
      in: [
        [null, 2, 5, 3],
        [null, 2, 1, 3],
      ],
      out: [[null, 2, 6, 3]],
      weights: 0,
    },
    // Steps of a sequence, and slices of a volume.
    {
      params: { axis: 1 },
      in: [
        [null, 4, 3],
        [null, 2, 3],
        [null, 1, 3],
      ],
      out: [[null, 7, 3]],
      weights: 0,
    },
    {
      params: { axis: 1 },
      in: [
        [null, 1, 2, 3, 2],
        [null, 3, 2, 3, 2],
      ],
      out: [[null, 4, 2, 3, 2]],
      weights: 0,
    },
  ],
});
