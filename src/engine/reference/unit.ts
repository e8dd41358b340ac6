import type { layers as tfLayers, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';
import type { Tensors } from './tensors';

/** A stock layer of the topology, in the order of the plan. */
export interface Unit {
  /** As the topology names it. */
  readonly name: string;
  /** Node path of the planned layer that it is, or helps to be. */
  readonly path: string;
  readonly layer: tfLayers.Layer;
  /** Names of the units whose outputs it takes. */
  readonly inputs: readonly string[];
  /** Keys of its weights by the stock layer's own names: `moving_mean`. */
  readonly keys: Readonly<Record<string, string>>;
}

/** What a pass depends on beside weights and examples. */
export interface Pass {
  readonly weights: Tensors;
  readonly training: boolean;
  readonly seed: number;
  /** Steps taken before; picks the dropout masks. */
  readonly step: number;
  /** Takes new values of weights that the pass itself moves: batch norm's statistics. Called in training mode. */
  readonly onMoved?: (key: string, value: Tensor) => void;
}

/** How a stock layer behaves in training where tfjs's own way is unfit for it. */
export type TrainingBehaviour = (tf: Tf, unit: Unit, inputs: readonly Tensor[], pass: Pass) => Tensor;
