import type { AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { WeightSpec } from '@/layers/define';

/** A weight of a planned layer. Its key, `nodePath/weight`, names it in weight files, checkpoints and gradients. */
export interface PlanWeight extends WeightSpec {
  readonly name: string;
  readonly key: string;
}

/** One layer, resolved: nothing about it is left to look up but its definition. Plain data, so it crosses to workers. */
export interface PlanLayer {
  /** Node path, `stage2/1/conv` inside blocks; the node's id otherwise. */
  readonly path: string;
  /** Id of the node it comes from. */
  readonly node: string;
  readonly type: string;
  /** Unique in the plan and safe as a layer name in files. */
  readonly name: string;
  readonly params: AnyParams;
  /** Which output of which earlier layer each input takes, by index into the plan's layers. */
  readonly sources: readonly { readonly layer: number; readonly port: number }[];
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  readonly weights: readonly PlanWeight[];
  readonly cost: Cost;
}

export interface Cost {
  /** Weight elements, trained or not. */
  readonly params: number;
  readonly trainable: number;
  /** Multiply-adds for one example. */
  readonly macs: number;
  /** Bytes of the outputs for one example, in 32-bit floats. */
  readonly activationBytes: number;
}

/** The flat, ordered, fully shaped network. Layers stand in an order in which every input comes earlier. */
export interface Plan {
  readonly name: string;
  readonly layers: readonly PlanLayer[];
  /** Indices of the layers where examples enter and predictions leave. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly totals: Cost;
}

/** A plan as far as one layer is looked at after another; its layers may be made only then. */
export interface PlanView extends Pick<Plan, 'inputs' | 'outputs'> {
  readonly layers: { at(index: number): PlanLayer | undefined };
}
