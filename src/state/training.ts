import { blocksTraining } from '@/compiler/fit';
import type { Compilation } from '@/compiler/compilation';
import { problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { LoomDocument } from '@/graph/document';
import type { GraphProblem } from '@/graph/edits';
import type { BackendChoice, TrainingJob } from '@/training/protocol';

/** The job that trains a document as it is now, or the problems that stand in its way. */
export function jobFor(
  document: LoomDocument,
  compilation: Compilation,
  backend: BackendChoice = 'auto',
): Result<TrainingJob, readonly GraphProblem[]> {
  const problems: GraphProblem[] = compilation.problems.filter(
    (found) => found.severity === 'error' || blocksTraining(found),
  );
  if (document.nodes.length === 0) {
    problems.push({
      ...problem('train.empty', 'There is nothing to train yet: the network has no layers. Open a preset or add an input.', { fixes: [] }),
      node: null,
    });
  }
  if (document.dataset === null) {
    problems.push({
      ...problem('train.dataset', 'Training needs examples: choose a dataset.', {
        fixes: [
          { title: 'Use the digits', edits: [{ kind: 'setDocument', values: { dataset: 'digits' } }] as const },
        ],
      }),
      node: null,
    });
  }
  const { plan } = compilation;
  if (problems.length > 0) return err(problems);
  if (!plan || document.dataset === null) {
    return err([{ ...problem('train.plan', 'The network can’t be planned yet.', { fixes: [] }), node: null }]);
  }
  return ok({ plan, recipe: document.recipe, seed: document.seed, dataset: document.dataset, backend });
}
