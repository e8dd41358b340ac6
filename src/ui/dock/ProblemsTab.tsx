import type { GraphProblem } from '@/graph/edits';
import { Button } from '../components/Button';
import { plural } from '../components/format';
import { ProblemCard } from '../components/ProblemCard';
import { useFixes } from '../components/useFixes';
import { useState } from 'react';
import { goTo } from '@/state/reveal';
import { useApp, useCompilation } from '../useApp';
import { classes } from '../components/classes';

/** Problems shown before the rest is asked for. */
const firstShown = 50;

/** All that is wrong, errors first, each with its place and its ways out. */
export function ProblemsTab() {
  const { problems } = useCompilation();
  const [all, setAll] = useState(false);
  if (problems.length === 0) return <p className="p-4 text-muted">No problems: the network is sound.</p>;
  const shown = all ? problems : problems.slice(0, firstShown);
  return (
    <div className="flex flex-col gap-3 p-3.5">
      <Group title="error" problems={shown.filter((problem) => problem.severity === 'error')} />
      <Group title="warning" problems={shown.filter((problem) => problem.severity === 'warning')} />
      {shown.length < problems.length && (
        <div>
          <Button small onClick={() => setAll(true)}>
            Show all {plural(problems.length, 'problem')}
          </Button>
        </div>
      )}
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly problems: readonly GraphProblem[];
}

function Group({ title, problems }: GroupProps) {
  const app = useApp();
  const fixesOf = useFixes();
  const { graph } = useCompilation();
  if (problems.length === 0) return null;
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const jump = (node: string) => {
    goTo(app, node);
    app.view.getState().set({ inspectorTab: 'layer' });
  };
  return (
    <section aria-label={plural(problems.length, title)} className="flex flex-col gap-2">
      <h3 className="text-xs font-semibold text-muted">{plural(problems.length, title)}</h3>
      <ul className="grid grid-cols-1 gap-2 @2xl:grid-cols-2">
        {problems.map((problem, index) => {
          const { node } = problem;
          return (
            <li key={`${problem.code} ${node} ${index}`}>
              <ProblemCard
                className="h-full"
                problem={problem}
                fixes={fixesOf(problem)}
                lead={
                  node !== null && (
                    <button
                      type="button"
                      className={classes(
                        'text-sm font-semibold underline decoration-line-strong underline-',
                        'offset-2 hover:decoration-current',
                      )}
                      onClick={() => jump(node)}
                    >
                      {names.get(node) ?? node}
                    </button>
                  )
                }
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
