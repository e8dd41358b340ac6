import type { Names } from '@/core/expression';
import type { Shape } from '@/core/shape';
import type { Graph } from '@/graph/document';
import type { GraphProblem } from '@/graph/edits';
import type { WeightSpec } from '@/layers/define';
import type { NodeInference } from './infer';
import type { Cost, Plan } from './plan';

/** What the compiler knows of one node, as far as it gets: a mistake elsewhere leaves the rest known. */
export interface NodeReport extends Omit<NodeInference, 'problems'> {
  readonly node: string;
  /** Shape at each input port in order; `null` where nothing (known) comes in. */
  readonly inputs: readonly (Shape | null)[];
  /** As the layer declares them; computed when first asked for, as is the cost. */
  readonly weights: Readonly<Record<string, WeightSpec>> | null;
  readonly cost: Cost | null;
  readonly problems: readonly GraphProblem[];
  /** Of a node that stands for a block: what expressions inside may name, for each repetition. */
  readonly repetitions?: readonly Names[];
}

/** What outputs see of an input along one spatial axis, in its cells; padding counts as if it were input. */
export interface AxisField {
  /** Cells that one output looks at, from the first to the last: the most there are, where outputs differ in it. */
  readonly size: number;
  /** Cells from one output's field to the next one's: Araujo's jump. Below 1 after up-sampling. */
  readonly stride: number;
  /** Middle of the first output's field; 0 is the middle of the input's first cell. */
  readonly centre: number;
}

/** The receptive field with respect to one Input. */
export interface Field {
  readonly input: string;
  /** An axis each; none where the input has no spatial axes; `all`: every output looks at the whole input. */
  readonly axes: readonly AxisField[] | 'all';
}

/** One field for each Input that leads to a layer. */
export type Fields = readonly Field[];

export interface Compilation {
  /** `null` when there is an error. Assembled when first asked for. */
  readonly plan: Plan | null;
  /** The network with its blocks drawn out: ids are paths. */
  readonly graph: Graph;
  /** By path, in the order of the network; those of nodes that stand for blocks come after. A node that an edit did not reach keeps its report: the same object. */
  readonly nodes: ReadonlyMap<string, NodeReport>;
  /** All problems, errors first, in the order of the network. */
  readonly problems: readonly GraphProblem[];
  /** Receptive fields by node id, as far as shapes are known; computed when first asked for. */
  readonly fields: ReadonlyMap<string, Fields>;
}
