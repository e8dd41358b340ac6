import type * as tfjs from '@tensorflow/tfjs';

/** The tfjs namespace, passed in so that this room decides nowhere which copy of tfjs runs. */
export type Tf = typeof tfjs;

export type { GradConfig, KernelConfig, KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
