import { parseParams, type AnyParams, type ParamDefs, type ParamValues } from '@/core/params';
import { problem, warning, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { LossDefinition, OptimizerDefinition, ScheduleDefinition, Task } from './define';
import type { Recipe } from './recipe';
import { losses, optimizers, schedules } from './registry';

/** A change of the recipe that makes a problem of it go away. */
export interface RecipeFix {
  readonly title: string;
  readonly recipe: Partial<Recipe>;
}
export type RecipeProblem = Problem<RecipeFix>;

/** A definition with its checked parameters, defaults filled in. */
interface Parsed<D> {
  readonly definition: D;
  readonly params: ParamValues<ParamDefs>;
}
interface Named {
  readonly type: string;
  readonly title: string;
}

const listed = (all: ReadonlyMap<string, Named>): string => [...all.keys()].sort().join(', ');

/** The parameters of one part; their fixes become fixes of the recipe. */
function parsePart<D extends Named & { readonly params: ParamDefs }>(
  part: 'optimizer' | 'schedule',
  definition: D,
  raw: AnyParams,
): Result<Parsed<D>, readonly RecipeProblem[]> {
  const params = parseParams<ParamDefs>(definition.params, raw);
  if (params.ok) return ok({ definition, params: params.value });
  return err(
    params.error.map(({ fixes, params: names, ...rest }) => ({
      ...rest,
      message: `${definition.title}: ${rest.message}`,
      params: (names ?? []).map((name) => `${part}.params.${name}`),
      fixes: (fixes ?? []).map((fix) => ({
        title: fix.title,
        recipe: { [part]: { type: definition.type, params: { ...raw, ...fix.params } } },
      })),
    })),
  );
}

/** The optimizer of a recipe, looked up and checked. */
export function parseOptimizer(
  optimizer: Recipe['optimizer'],
): Result<Parsed<OptimizerDefinition>, readonly RecipeProblem[]> {
  const definition = optimizers.get(optimizer.type);
  if (definition) return parsePart('optimizer', definition, optimizer.params);
  const message = `There is no optimizer “${optimizer.type}”; there are ${listed(optimizers)}.`;
  const expected = listed(optimizers);
  return err([problem('recipe.optimizer', message, { expected, got: optimizer.type, params: ['optimizer'] })]);
}

/** The loss of a recipe, looked up; `task` is that of the dataset, where it is known. */
export function parseLoss(loss: string, task?: Task): Result<LossDefinition, readonly RecipeProblem[]> {
  const definition = losses.get(loss);
  if (!definition) {
    const message = `There is no loss “${loss}”; there are ${listed(losses)}.`;
    return err([problem('recipe.loss', message, { expected: listed(losses), got: loss, params: ['loss'] })]);
  }
  if (task === undefined || definition.tasks.includes(task)) return ok(definition);
  const suitable = [...losses.values()].filter(({ tasks }) => tasks.includes(task));
  const others = suitable.map(({ title }) => title.toLowerCase()).join(' or ');
  const own = definition.tasks.join(' or ');
  const message = `${definition.title} goes with ${own}, and the dataset has ${task}; ${others} goes with those.`;
  return err([
    problem('recipe.task', message, {
      expected: own,
      got: task,
      params: ['loss'],
      fixes: suitable.map(({ type, title }) => ({ title, recipe: { loss: type } })),
    }),
  ]);
}

/** The schedule of a recipe, looked up and checked. One that is not there is a warning: the rate can stay constant. */
export function parseSchedule(
  schedule: Recipe['schedule'],
): Result<Parsed<ScheduleDefinition>, readonly RecipeProblem[]> {
  const definition = schedules.get(schedule.type);
  if (definition) return parsePart('schedule', definition, schedule.params);
  const expected = listed(schedules);
  const message =
    `There is no schedule “${schedule.type}” in this version, so the learning rate stays constant; ` +
    `there are ${expected}.`;
  return err([warning('recipe.schedule', message, { expected, got: schedule.type, params: ['schedule'] })]);
}

/** Everything wrong with a recipe; an empty list when it can be performed. `task` is that of the dataset. */
export function checkRecipe(recipe: Recipe, task?: Task): readonly RecipeProblem[] {
  const parts = [parseOptimizer(recipe.optimizer), parseLoss(recipe.loss, task), parseSchedule(recipe.schedule)];
  return parts.flatMap((part) => (part.ok ? [] : part.error));
}
