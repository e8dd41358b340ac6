import type { layers as tfLayers, Tensor } from '@tensorflow/tfjs';
import type { StockTensor } from '@/compiler/lower';
import type { AnyParams } from '@/core/params';
import type { LayerDefinition } from '@/layers/define';
import type { Tensors } from './tensors';

/** A stock layer of the topology, in the order of the plan. */
export interface Unit {
  /** As the topology names it. */
  readonly name: string;
  /** Node path of the planned layer that it is, or helps to be. */
  readonly path: string;
  readonly layer: tfLayers.Layer;
  /** The outputs of other units that it takes. */
  readonly inputs: readonly StockTensor[];
  /** What computes it where stock tfjs does not: the drawn layer's own forward pass. */
  readonly own: OwnPass | null;
}

/** A drawn layer's own forward pass. */
export interface OwnPass {
  readonly forward: NonNullable<LayerDefinition['forward']>;
  readonly params: AnyParams;
  /** Keys of its weights by their names. */
  readonly keys: ReadonlyMap<string, string>;
  /** It stands in for the stock layer in training alone. */
  readonly onlyInTraining: boolean;
}

/** What a pass depends on beside weights and examples. */
export interface Pass {
  readonly weights: Tensors;
  readonly training: boolean;
  readonly seed: number;
  /** Steps taken before; picks the random numbers. */
  readonly step: number;
  /** Takes new values of weights that the pass itself moves: batch norm's statistics. Called in training mode. */
  readonly onMoved?: (key: string, value: Tensor) => void;
}
