#pragma once
#include "arguments.h"

/**
 * to[window][c] = Σ taps weights[weight_offsets[tap] + c]·x[offsets[tap] + c] (+ bias) (+ to), then max(0, ·) where
 * `relu`. Windows see all channels; `offsets` are those in the strip.
 */
typedef struct {
  Windows windows;
  i32 taps;
  const i32 *offsets;
  const i32 *weight_offsets;
  const float *weights;
  /** 0: none. */
  const float *bias;
  float *to;
  i32 image_stride;
  i32 row_stride;
  i32 column_stride;
  i32 add;
  i32 relu;
  /** So many taps each time see what the same number of pixels side by side begin with; 1 where that is not so. */
  i32 beside;
} DepthwiseArgs;

/**
 * to[tap][c] = Σ windows x[offsets[tap] + c]·from[window][c]. Images are done in `parts` groups, each with a sum of its
 * own, `taps`·channels apart.
 */
typedef struct {
  Windows windows;
  i32 taps;
  const i32 *offsets;
  const float *from;
  float *to;
  i32 parts;
  /** As above. */
  i32 beside;
} DepthwiseGradientArgs;

/** Each of `count` numbers `times` over, side by side. */
typedef struct {
  const float *from;
  float *to;
  i32 count;
  i32 times;
} RepeatArgs;

/** to[i] = Σ from[i·times + j], j < times. */
typedef struct {
  const float *from;
  float *to;
  i32 count;
  i32 times;
  i32 add;
} SumRepeatsArgs;

#define DEPTHWISE_OPERATIONS(X) \
  X(depthwise, DepthwiseArgs) \
  X(depthwise_gradient, DepthwiseGradientArgs) \
  X(repeat, RepeatArgs) \
  X(sum_repeats, SumRepeatsArgs)
