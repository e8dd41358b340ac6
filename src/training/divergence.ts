import type { Plan } from '@/compiler/plan';
import { problem, type ParamFix, type Problem } from '@/core/problem';
import type { Divergence } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';

/** Key of the first weight that holds a number that is not finite; `null` when all are. */
export function brokenWeight(weights: Readonly<Record<string, Float32Array>>): string | null {
  for (const [key, values] of Object.entries(weights)) {
    // Any NaN or infinity makes x·0 a NaN, which the sum keeps: one addition a number, no branch.
    let sum = 0;
    for (let i = 0; i < values.length; i += 1) sum += values[i]! * 0;
    if (sum !== 0) return key;
  }
  return null;
}

/** Node path of the layer that a weight belongs to. */
export function layerOfWeight(plan: Plan, key: string): string | null {
  return plan.layers.find((layer) => layer.weights.some((weight) => weight.key === key))?.path ?? null;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

function where(plan: Plan, { phase, path }: Divergence): string {
  const name = plan.layers.find((layer) => layer.path === path)?.name ?? path;
  if (name === null) {
    if (phase === 'forward') return 'in the loss itself';
    return phase === 'gradient' ? 'in the gradient of the loss' : 'in the update';
  }
  switch (phase) {
    case 'forward':
      return `in the forward pass, in the output of layer “${name}”`;
    case 'gradient':
      return `in the backward pass, in the gradient of layer “${name}”`;
    case 'update':
      return `in the update, when the optimizer changed the weights of layer “${name}”`;
  }
}

/** Ways out, as changes of the recipe: `params` names its fields. */
function waysOut(recipe: Recipe): readonly ParamFix[] {
  const slower = Number((recipe.learningRate / 10).toPrecision(3));
  const clip = recipe.clipNorm === null ? 1 : Number((recipe.clipNorm / 10).toPrecision(3));
  return [
    { title: `Learning rate ${short(recipe.learningRate)} → ${short(slower)}`, params: { learningRate: slower } },
    { title: `Clip gradients at norm ${short(clip)}`, params: { clipNorm: clip } },
    ...(recipe.inputs === 'raw' ? [{ title: 'Standardise the inputs', params: { inputs: 'standardised' } }] : []),
  ];
}

/** @param step of the failure, counted from 1. @param lossBefore of the step before it; `null` for the first. */
export function divergenceProblem(
  plan: Plan,
  recipe: Recipe,
  divergence: Divergence,
  step: number,
  lossBefore: number | null,
): Problem {
  const before = lossBefore === null ? 'It was the first step.' : `The loss before it was ${short(lossBefore)}.`;
  const slower = short(recipe.learningRate / 10);
  const ways = [
    `a learning rate of ${slower} instead of ${short(recipe.learningRate)}`,
    recipe.clipNorm === null ? 'gradients clipped at norm 1' : 'a smaller clipping norm',
    ...(recipe.inputs === 'raw' ? ['standardised inputs'] : []),
  ];
  return problem(
    'training.diverged',
    `In step ${step} numbers grew beyond all bounds, first ${where(plan, divergence)}. ${before} ` +
      `The weights from before that step are kept. Try ${ways.slice(0, -1).join(', ')} or ${ways.at(-1) ?? ''}.`,
    { expected: 'finite numbers', got: 'NaN or infinity', fixes: waysOut(recipe) },
  );
}
