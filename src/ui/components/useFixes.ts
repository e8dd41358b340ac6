import type { GraphProblem } from '@/graph/edits';
import { useApp } from '../useApp';
import type { WayOut } from './ProblemCard';

/** Turns the fixes of a problem of the network into buttons that edit the document, one step of undo each. */
export function useFixes(): (problem: GraphProblem) => readonly WayOut[] {
  const { documents } = useApp();
  return (problem) =>
    (problem.fixes ?? []).map(({ title, edits }) => ({
      title,
      run: () => documents.getState().edit(`fix: ${title}`, edits),
    }));
}
