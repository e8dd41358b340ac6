import type { AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { GraphProblem } from '@/graph/edits';
import type { Cost, Plan } from './plan';

/** What the compiler knows of one node, as far as it gets: a mistake elsewhere leaves the rest known. */
export interface NodeReport {
  readonly node: string;
  /** Checked parameters with defaults filled in; `null` when they can't be read. */
  readonly params: AnyParams | null;
  /** Shape at each input port in order; `null` where nothing (known) comes in. */
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[] | null;
  readonly cost: Cost | null;
  readonly problems: readonly GraphProblem[];
}

export interface Compilation {
  /** `null` when there is an error. */
  readonly plan: Plan | null;
  readonly nodes: ReadonlyMap<string, NodeReport>;
  /** All problems, errors first, in the order of the network. */
  readonly problems: readonly GraphProblem[];
}
