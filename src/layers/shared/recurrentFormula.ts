import type { Shape } from '@/core/shape';
import type { Formula, Term } from '../define';
import { directionsOf, outputFeatures, type RecurrentParams } from './recurrence';
import { stepsAndFeatures } from './sequences';

/** What one step does, its sizes, and the parameters that it takes, in the user's numbers. */
export function recurrentFormula(
  [input = []]: readonly Shape[],
  p: RecurrentParams,
  { title, lines, gates, biases }: {
    readonly title: string;
    readonly lines: readonly (readonly Term[])[];
    readonly gates: number;
    /** Numbers of bias for each gate and unit. */
    readonly biases: number;
  },
): readonly Formula[] {
  const [steps, features] = stepsAndFeatures(input);
  const directions = directionsOf(p);
  const f: Term = { text: `${features}`, input: true };
  const u: Term = { text: `${p.units}`, param: 'units' };
  const both: readonly Term[] = directions === 2 ? [{ text: '2', param: 'direction' }, '·'] : [];
  const bias: readonly Term[] =
    p.bias && biases > 0 ? [' + ', ...(biases > 1 ? [`${biases}·`] : []), { text: `${p.units}`, param: 'bias' }] : [];
  const perGate = features * p.units + p.units * p.units + (p.bias ? biases * p.units : 0);
  const total = directions * gates * perGate;
  return [
    { title, lines },
    {
      title: 'Sizes',
      lines: [
        ['x ', f, ' · h ', u, ' · W ', f, '×', u, ' · U ', u, '×', u],
        [
          { text: `${steps}`, input: true },
          p.direction === 'both' ? ' steps there and back, ' : ' steps, ',
          p.returnSequences
            ? { text: 'each gives out ', param: 'returnSequences' }
            : { text: 'the last gives out ', param: 'returnSequences' },
          { text: `${outputFeatures(p)}`, result: true },
        ],
      ],
    },
    {
      title: 'Parameters',
      lines: [
        [
          ...both,
          ...(gates > 1 ? [`${gates}·(`] : both.length > 0 ? ['('] : []),
          f,
          '·',
          u,
          ' + ',
          u,
          '·',
          u,
          ...bias,
          ...(gates > 1 || both.length > 0 ? [')'] : []),
          ' = ',
          { text: total.toLocaleString('en'), result: true },
        ],
      ],
    },
  ];
}

/** ` + b`, where there is a bias. */
export const plusBias = (p: RecurrentParams, name = 'b'): readonly Term[] =>
  p.bias ? [' + ', { text: name, param: 'bias' }] : [];

/** The activation as formulas write it. */
export const activationTerm = (p: RecurrentParams): Term => ({ text: p.cellActivation, param: 'cellActivation' });

/** `64 units · both · sequence`. */
export const recurrentTelling = (p: RecurrentParams): string =>
  [
    `${p.units} ${p.units === 1 ? 'unit' : 'units'}`,
    ...(p.direction === 'forward' ? [] : [p.direction === 'both' ? 'both ways' : 'backward']),
    ...(p.returnSequences ? ['sequence'] : []),
  ].join(' · ');
