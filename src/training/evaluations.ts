import type { Evaluation } from '@/engine/program';

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

type Confusion = Evaluation['confusion'];

function joinConfusions(parts: readonly Confusion[]): Confusion {
  return parts.reduce((sum, part) => {
    if (sum === null || part === null) return null;
    return sum.map((row, i) => row.map((n, j) => n + (part[i]?.[j] ?? 0)));
  });
}
