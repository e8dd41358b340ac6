import { useMemo } from 'react';
import type { Problem } from '@/core/problem';
import { recipeSchema, type Recipe } from '@/recipe/recipe';
import { compilationOf } from '@/state/compilation';
import type { RunStatus } from '@/state/runStore';
import { jobFor } from '@/state/training';
import type { WayOut } from '../components/ProblemCard';
import { useApp, useCompilation, useDocument, useRun, useView } from '../useApp';
import { changes } from './staleness';

/** Whether a run is under way, be it held for the moment. */
export const isUnderWay = (status: RunStatus): boolean =>
  status === 'preparing' || status === 'running' || status === 'paused';

/** The job that a start would run now, or what stands in its way; and what of the present run is out of date. */
export function useJob() {
  const document = useDocument((state) => state.document);
  const compilation = useCompilation();
  const backend = useView((state) => state.backend);
  const running = useRun((state) => state.job);
  const job = useMemo(() => jobFor(document, compilation, backend), [document, compilation, backend]);
  const outdated = useMemo(() => (running && job.ok ? changes(running, job.value) : []), [running, job]);
  return { job, outdated };
}

/** Starts training the document as it is when called; where it can't, shows the problems. */
export function useStart(): () => void {
  const { documents, run, view } = useApp();
  return () => {
    const { document } = documents.getState();
    const compilation = compilationOf(document);
    const job = jobFor(document, compilation, view.getState().backend);
    const listed = !job.ok && compilation.problems.length > 0;
    view.getState().set({ dockOpen: true, dockTab: listed ? 'problems' : 'train' });
    if (job.ok) run.getState().start(job.value);
  };
}

const changeSchema = recipeSchema.partial();

/** The recipe's change that a fix of a run's problem names; `null` for what the recipe does not know. */
function recipeChange(params: Readonly<Record<string, unknown>>): Partial<Recipe> | null {
  const known = Object.keys(params).every((name) => Object.hasOwn(recipeSchema.shape, name));
  const parsed = changeSchema.safeParse(params);
  if (!known || !parsed.success) return null;
  // Defaults that the schema fills in are not part of the fix.
  return Object.fromEntries(Object.entries(parsed.data).filter(([name]) => Object.hasOwn(params, name)));
}

/** Ways out of a run's problem: each changes the recipe and trains anew. */
export function useWaysOut(): (problem: Problem) => readonly WayOut[] {
  const { documents } = useApp();
  const start = useStart();
  return (problem) =>
    (problem.fixes ?? []).flatMap(({ title, params }) => {
      const recipe = recipeChange(params);
      if (!recipe) return [];
      const run = () => {
        documents.getState().edit(`fix: ${title}`, [{ kind: 'setRecipe', recipe }]);
        start();
      };
      return [{ title: `${title}, start anew`, run }];
    });
}
