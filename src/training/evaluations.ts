import type { Evaluation, Program } from '@/engine/program';
import type { EvaluationSet } from './batches';

/** Joins the evaluations of parts of a set into that of the whole, each weighted by its examples. */
export function joinEvaluations(
  parts: readonly { readonly evaluation: Evaluation; readonly count: number }[],
): Evaluation {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const mean = (value: (evaluation: Evaluation) => number): number =>
    parts.reduce((sum, { evaluation, count }) => sum + value(evaluation) * count, 0) / total;
  const measured = parts.every(({ evaluation }) => evaluation.accuracy !== null);
  return {
    loss: mean(({ loss }) => loss),
    accuracy: measured ? mean(({ accuracy }) => accuracy ?? 0) : null,
    confusion: joinConfusions(parts.map(({ evaluation }) => evaluation.confusion)),
  };
}

/**
 * Batch by batch, so that a pause or stop needn't wait for a long set, and the parts never depend on timing.
 * @param goOn asked before each batch. @param now milliseconds of work.
 */
export async function evaluateSet(
  program: Pick<Program, 'evaluate'>,
  set: EvaluationSet,
  goOn: () => Promise<boolean>,
  now: () => number,
): Promise<{ readonly evaluation: Evaluation; readonly msPerExample: number } | 'empty' | 'cut short'> {
  const parts: { evaluation: Evaluation; count: number }[] = [];
  let ms = 0;
  for (let i = 0; i < set.batchCount; i += 1) {
    if (!(await goOn())) return 'cut short';
    const since = now();
    const evaluation = await program.evaluate([set.batch(i)]);
    ms += now() - since;
    parts.push({ evaluation, count: set.counted(i) });
  }
  return parts.length === 0 ? 'empty' : { evaluation: joinEvaluations(parts), msPerExample: ms / set.count };
}

type Confusion = Evaluation['confusion'];

function joinConfusions(parts: readonly Confusion[]): Confusion {
  return parts.reduce((sum, part) => {
    if (sum === null || part === null) return null;
    return sum.map((row, i) => row.map((n, j) => n + (part[i]?.[j] ?? 0)));
  });
}
