import { mendAvgPoolGradient } from './avgPool';
import { mendConv2dGradient } from './conv2d';
import { mendConv2dBackpropFilter } from './conv2dBackpropFilter';
import { mendConv2dBackpropInput } from './conv2dBackpropInput';
import { mendConv2dLayer } from './conv2dLayer';
import { mendDepthwiseGradients } from './depthwise';
import { mendMatMul } from './matMul';
import { mendMaxPoolGrad } from './maxPoolGrad';
import { mendPadding } from './padding';
import type { Tf } from './tf';
import { mendUnsortedSegmentSum } from './unsortedSegmentSum';

const MENDS: readonly ((tf: Tf) => void)[] = [
  mendPadding,
  mendConv2dBackpropFilter,
  mendConv2dBackpropInput,
  mendConv2dGradient,
  mendConv2dLayer,
  mendAvgPoolGradient,
  mendMaxPoolGrad,
  mendMatMul,
  mendDepthwiseGradients,
  mendUnsortedSegmentSum,
];

/**
 * Mends what stock tfjs 4.22 lacks or gets wrong, in the registry of the tfjs given. A backend's mends are installed
 * only once its package is loaded; calling again is free and catches up on backends loaded since.
 */
export function install(tf: Tf): void {
  for (const mend of MENDS) mend(tf);
}
