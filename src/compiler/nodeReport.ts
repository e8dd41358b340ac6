import type { AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { GraphProblem } from '@/graph/edits';
import type { LayerDefinition, WeightSpec } from '@/layers/define';
import type { NodeReport } from './compilation';
import { costOf } from './infer';
import type { Cost } from './plan';

/** A node's report; weights and cost wait until someone asks, as shapes may change in a whole network at each key. */
export class Report implements NodeReport {
  readonly node: string;
  readonly params: AnyParams | null;
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[] | null;
  readonly problems: readonly GraphProblem[];
  readonly #definition: LayerDefinition | null;
  #weights: Readonly<Record<string, WeightSpec>> | null = null;
  #cost: Cost | null = null;

  constructor(
    node: string,
    params: AnyParams | null,
    inputs: readonly (Shape | null)[],
    outputs: readonly Shape[] | null,
    problems: readonly GraphProblem[],
    definition: LayerDefinition | null,
  ) {
    this.node = node;
    this.params = params;
    this.inputs = inputs;
    this.outputs = outputs;
    this.problems = problems;
    this.#definition = definition;
  }

  get weights(): Readonly<Record<string, WeightSpec>> | null {
    if (!this.#definition || !this.params || !this.outputs) return null;
    return (this.#weights ??= this.#definition.weights(this.#shapes(), this.params));
  }

  get cost(): Cost | null {
    const { weights } = this;
    if (!this.#definition || !this.params || !this.outputs || !weights) return null;
    return (this.#cost ??= costOf(this.#definition, this.params, this.#shapes(), this.outputs, weights));
  }

  /** The same with problems of its surroundings. */
  withProblems(problems: readonly GraphProblem[]): Report {
    return new Report(this.node, this.params, this.inputs, this.outputs, problems, this.#definition);
  }

  #shapes(): readonly Shape[] {
    return this.inputs.filter((shape) => shape !== null);
  }
}
