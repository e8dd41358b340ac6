import { parseSchedule } from './check';
import type { Position } from './define';
import type { Recipe } from './recipe';
import { schedules } from './registry';

/** The parts of a recipe that this version does not perform, in words; training goes on without them. */
export function notPerformed(recipe: Pick<Recipe, 'schedule' | 'augmentation'>): readonly string[] {
  return [
    ...(schedules.has(recipe.schedule.type)
      ? []
      : [`the schedule “${recipe.schedule.type}” (the learning rate stays constant)`]),
    ...new Set(recipe.augmentation.map(({ type }) => `the augmentation “${type}” (images stay as they are)`)),
  ];
}

/** The learning rate of a step: the recipe's, times its schedule's factor; constant where that is not performed. */
export function learningRateAt(recipe: Pick<Recipe, 'learningRate' | 'schedule'>, position: Position): number {
  const schedule = parseSchedule(recipe.schedule);
  if (!schedule.ok) return recipe.learningRate;
  return recipe.learningRate * schedule.value.definition.factor({ ...position, params: schedule.value.params });
}
