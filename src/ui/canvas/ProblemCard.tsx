import { compilationOf } from '@/state/compilation';
import { useApp, useDocument } from '../useApp';

interface Props {
  readonly node: string;
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: () => void;
}

/** What is wrong with a layer, in the user's numbers, and the ways out. */
export function ProblemCard({ node, onPointerEnter, onPointerLeave }: Props) {
  const { documents } = useApp();
  const document = useDocument((state) => state.drawing);
  const problems = compilationOf(document).nodes.get(node)?.problems ?? [];
  return (
    // Bridges the gap to its node, so that the pointer can reach the buttons.
    <div className="-ml-2.5 flex w-[250px] flex-col gap-1.5 pl-2.5" onPointerEnter={onPointerEnter} onPointerLeave={onPointerLeave}>
      {problems.map((problem, i) => {
        const error = problem.severity === 'error';
        return (
          <div
            key={`${problem.code}${i}`}
            className={`nodrag nopan rounded-lg border px-2.5 py-2 text-sm leading-[1.45] shadow-card ${error ? 'border-error/45 bg-error-ground' : 'border-warn/45 bg-warn-ground'}`}
          >
            <span className={`font-semibold ${error ? 'text-error' : 'text-warn'}`}>{error ? 'Error. ' : 'Warning. '}</span>
            {problem.message}
            {problem.fixes && problem.fixes.length > 0 && (
              <div className="mt-1.5 flex flex-wrap gap-1.5">
                {problem.fixes.map((fix) => (
                  <button
                    key={fix.title}
                    type="button"
                    className="rounded-md border border-line bg-panel px-2 py-0.5 text-xs text-ink hover:border-line-strong"
                    onClick={() => documents.getState().edit(`fix: ${fix.title}`, fix.edits)}
                  >
                    {fix.title}
                  </button>
                ))}
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}
