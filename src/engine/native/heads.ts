import type { Plan } from '@/compiler/plan';
import { ok, type Result } from '@/core/result';
import { parseLoss, type RecipeProblem } from '@/recipe/check';
import type { Task } from '@/recipe/define';
import type { Builder, Value } from './builder';
import { sizeOf } from './builder';
import { at, type Place, type Region } from './region';

/** The kernels' numbers for losses and for what they are computed from. */
const LOSSES: readonly string[] = ['crossEntropy', 'squaredError'];
const FROM = { outputs: 0, softmax: 1, sigmoid: 2 } as const;

/** An output of the plan, and how its loss is taken. */
export interface Head {
  readonly loss: number;
  readonly weight: number;
}

/** `null`: a loss that the kernels have not. Problems: those of `parseLoss`. */
export function headsOf(plan: Plan, recipeLoss: string, task: Task): Result<readonly Head[] | null, readonly RecipeProblem[]> {
  const heads: Head[] = [];
  for (const output of plan.outputs) {
    const { params = {} } = plan.layers[output] ?? {};
    const own = typeof params.loss === 'string' && params.loss !== 'recipe' ? params.loss : recipeLoss;
    const loss = parseLoss(own, task);
    if (!loss.ok) return loss;
    const number = LOSSES.indexOf(loss.value.type);
    if (number < 0) return ok(null);
    heads.push({ loss: number, weight: typeof params.weight === 'number' ? params.weight : 1 });
  }
  return ok(heads);
}

/** What a loss is computed from: the logits before a final softmax or sigmoid where each example is one vector. */
export function readingOf(output: Value): { readonly from: number; readonly value: Value; readonly columns: number } {
  const columns = sizeOf(output.shape.slice(1));
  const { logits } = output;
  return logits && output.shape.length === 2
    ? { from: FROM[logits.of], value: logits.value, columns }
    : { from: FROM.outputs, value: output, columns };
}

export interface LossPlaces {
  readonly targets: Place;
  readonly counts: Place;
  readonly control: Place;
  /** Where the sums of losses and of metrics go. */
  readonly loss: Place;
  readonly metric: Place;
  /** Losses, metrics and classes of each row. */
  readonly results: Region;
}

/** Puts a head's loss into instructions; its gradient begins the way back. */
export function emitLoss(build: Builder, head: Head, output: Value, task: Task, places: LossPlaces): void {
  const { from, value, columns } = readingOf(output);
  const rows = output.shape[0] ?? 1;
  const emit = (gradient: Place | 0) =>
    build.emit(
      'losses', value.place, places.targets, places.counts, places.control, rows, columns, head.loss, from,
      task === 'classes' ? 1 : 0, { float: head.weight }, gradient, at(places.results),
    );
  build.needScratch(2 * columns);
  if (build.training && value.slope.needed) build.putGradient(value, emit);
  else emit(0);
  build.emit('total', at(places.results), places.loss, rows);
  build.emit('total', at(places.results, rows), places.metric, rows);
}
