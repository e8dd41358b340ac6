import { mendAddN } from './addN';
import { mendAvgPoolGradient } from './avgPool';
import { mendHighRanks } from './axiswise';
import { mendBroadcastGradients } from './broadcast';
import { mendConv2dGradient } from './conv2d';
import { mendConv2dBackpropFilter } from './conv2dBackpropFilter';
import { mendConv2dBackpropInput } from './conv2dBackpropInput';
import { mendConv2dLayer } from './conv2dLayer';
import { mendConv3d } from './conv3d';
import { mendCropAndResize, mendCropAndResizeGradient } from './cropAndResize';
import { mendCumsumGradient } from './cumsum';
import { mendDepthToSpaceGradient } from './depthToSpace';
import { mendDepthwiseGradients } from './depthwise';
import { mendDilatedDepthwiseGradient, mendStridedDilatedDepthwise } from './depthwiseGradient';
import { addDraws } from './draws';
import { addElementwise } from './elementwise';
import { mendExtremeGradients } from './extremes';
import { mendIndexedGradients, mendTensorScatterUpdate, mendTopKGradient } from './gather';
import { mendFilterGradientOnGpu } from './filterGradientOnGpu';
import { mendMatMul } from './matMul';
import { mendArgmaxPoolGradient, mendMaxPoolGradient, mendMaxPoolOnWasm, mendMaxPoolTies } from './maxPool';
import { mendMirrorPadGradient } from './mirrorPad';
import { mendPadding, mendPoolPadding } from './padding';
import { mendPool3d } from './pool3d';
import { mendResizeGradients } from './resize';
import { mendStridedSliceGradient } from './stridedSlice';
import type { Tf } from './tf';
import { mendTileGradient } from './tile';
import { mendPieces } from './pieces';
import { mendUnsortedSegmentSum } from './unsortedSegmentSum';
import { mendWebgpuBroadcast, mendWebgpuCast } from './webgpu';

const MENDS: readonly ((tf: Tf) => void)[] = [
  mendPadding,
  mendPoolPadding,
  mendHighRanks,
  mendWebgpuBroadcast,
  mendWebgpuCast,
  mendAddN,
  mendConv2dBackpropFilter,
  mendFilterGradientOnGpu,
  mendConv2dBackpropInput,
  mendConv2dGradient,
  mendConv2dLayer,
  mendConv3d,
  mendDepthwiseGradients,
  mendDilatedDepthwiseGradient,
  mendStridedDilatedDepthwise,
  mendAvgPoolGradient,
  mendMaxPoolOnWasm,
  mendMaxPoolGradient,
  mendMaxPoolTies,
  mendArgmaxPoolGradient,
  mendPool3d,
  mendMatMul,
  mendBroadcastGradients,
  mendExtremeGradients,
  mendCumsumGradient,
  mendTileGradient,
  mendStridedSliceGradient,
  mendMirrorPadGradient,
  mendDepthToSpaceGradient,
  mendResizeGradients,
  mendCropAndResize,
  mendCropAndResizeGradient,
  mendIndexedGradients,
  mendTensorScatterUpdate,
  mendTopKGradient,
  mendUnsortedSegmentSum,
  mendPieces,
  addElementwise,
  addDraws,
];

/**
 * Mends what stock tfjs 4.22 lacks or gets wrong, in the registry of the tfjs given. A backend's mends are installed
 * only once its package is loaded; calling again is free and catches up on backends loaded since.
 */
export function install(tf: Tf): void {
  for (const mend of MENDS) mend(tf);
}
