import { ProblemCard } from '../components/ProblemCard';
import { useFixes } from '../components/useFixes';
import { useCompilation, useDocument } from '../useApp';
import { DataSection } from './DataSection';
import { LayerTable } from './LayerTable';
import { RecipeSection } from './RecipeSection';

/** The whole: data, recipe, what it comes to, and its layers. */
export function ModelTab() {
  const { problems } = useCompilation();
  const empty = useDocument((state) => state.document.nodes.length === 0);
  const fixesOf = useFixes();
  return (
    <div className="flex flex-col gap-5 p-3.5">
      {problems
        .filter((problem) => problem.node === null && !empty)
        .map((problem, index) => (
          <ProblemCard key={`${problem.code} ${index}`} problem={problem} fixes={fixesOf(problem)} />
        ))}
      <DataSection />
      <RecipeSection />
      <LayerTable />
    </div>
  );
}
