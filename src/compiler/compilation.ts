import type { Shape } from '@/core/shape';
import type { GraphProblem } from '@/graph/edits';
import type { NodeInference } from './infer';
import type { Plan } from './plan';
import type { Fields } from './field';

/** What the compiler knows of one node, as far as it gets: a mistake elsewhere leaves the rest known. */
export interface NodeReport extends Omit<NodeInference, 'problems'> {
  readonly node: string;
  /** Shape at each input port in order; `null` where nothing (known) comes in. */
  readonly inputs: readonly (Shape | null)[];
  readonly problems: readonly GraphProblem[];
}

export interface Compilation {
  /** `null` when there is an error. */
  readonly plan: Plan | null;
  /** By id, in the order of the network. A node that an edit did not reach keeps its report: the same object. */
  readonly nodes: ReadonlyMap<string, NodeReport>;
  /** All problems, errors first, in the order of the network. */
  readonly problems: readonly GraphProblem[];
  /** Receptive fields by node id, as far as shapes are known; computed when first asked for. */
  readonly fields: ReadonlyMap<string, Fields>;
}
