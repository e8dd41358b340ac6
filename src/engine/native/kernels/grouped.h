#pragma once
#include "slices.h"

/**
 * As `depthwise`, but each channel is a sum over the `inputs` channels of its group, of which there are `outputs`; both
 * are multiples of 4. A weight stands at weights[tap + group·group_stride + input·input_stride + output·output_stride].
 */
typedef struct {
  Slices images;
  i32 column_step;
  i32 phases;
  const i32 *phases_at;
  const float *weights;
  i32 inputs;
  i32 outputs;
  i32 group_stride;
  i32 input_stride;
  i32 output_stride;
  /** 0: none. */
  const float *bias;
  float *to;
  i32 image_stride;
  i32 row_stride;
  i32 column_stride;
  i32 add;
  float low;
  float high;
} GroupedArgs;

/**
 * to[tap][input][filter] = Σ windows x[tap of window][input of the filter's group]·from[window][filter]. Images are done
 * in `parts` groups, each with a sum of its own, as many floats apart as there are weights. `taps_at`: the rows of taps,
 * then the columns.
 */
typedef struct {
  Slices images;
  i32 columns;
  i32 column_step;
  i32 tap_rows;
  i32 tap_columns;
  const i32 *taps_at;
  const float *from;
  i32 inputs;
  i32 outputs;
  float *to;
  i32 parts;
} GroupedGradientArgs;

#define GROUPED_OPERATIONS(X) \
  X(grouped, GroupedArgs) \
  X(grouped_gradient, GroupedGradientArgs)
