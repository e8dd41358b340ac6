import type { Entry } from '@/compiler/testing/draw';
import type { Plan } from '@/compiler/plan';
import { planOf } from '../testing/plans';
import { expectAlike, learnedInput, planAround } from './testing';

export const ranks = [1, 2, 3] as const;

type Params = Readonly<Record<string, unknown>>;
type PlanFor = (batch: number) => Plan;

/** A layer on an input of so many channels. */
export const around =
  (type: string, params: Params, sizes: readonly number[], channels: number): PlanFor =>
  (batch) =>
    planAround([type, params], [[...sizes, channels]], batch);

/** Layers in a row, on an input of so many channels. */
export const inRow =
  (layers: readonly Entry[], sizes: readonly number[], channels: number): PlanFor =>
  (batch) =>
    planOf([['in', 'input', { shape: [batch] }], ...learnedInput('x0', [...sizes, channels]), ...layers, ['out', 'output']]);

/** An input of five channels that two layers take: the second adds to the gradient of the first. */
export const beside = ([one, of]: readonly [string, Params?], [other, by]: readonly [string, Params?], sizes: readonly number[]) =>
  inRow([['a', one, of, ['x0Shaped']], ['first', 'output'], ['b', other, by, ['x0Shaped']]], sizes, 5);

/** Held to the reference: outputs, the gradients of inputs and weights, and two steps. */
export const expectSame = (plan: PlanFor, batch: number): Promise<void> => expectAlike(plan(batch), { batch });
