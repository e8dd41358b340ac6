#pragma once
#include "slices.h"

/**
 * to[window][c] = Σ taps weights[tap][c]·x[tap of window][c] (+ bias) (+ to), kept within `low` and `high`.
 * The windows are those of `phases`, see `Phase`.
 */
typedef struct {
  Slices images;
  i32 column_step;
  i32 phases;
  const i32 *phases_at;
  const float *weights;
  /** 0: none. */
  const float *bias;
  float *to;
  i32 image_stride;
  i32 row_stride;
  i32 column_stride;
  i32 add;
  float low;
  float high;
} DepthwiseArgs;

/**
 * to[tap][c] = Σ windows x[tap of window][c]·from[window][c]. Images are done in `parts` groups, each with a sum of its
 * own, as many floats apart as there are weights. `taps_at`: the rows of taps, then the columns.
 */
typedef struct {
  Slices images;
  i32 columns;
  i32 column_step;
  i32 tap_rows;
  i32 tap_columns;
  const i32 *taps_at;
  const float *from;
  float *to;
  i32 parts;
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
