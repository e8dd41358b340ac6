/** Arguments of the instructions. Addresses are bytes; strides and offsets count floats unless they say otherwise. */
#pragma once
#include "simd.h"

/**
 * B of a product into panels of 8 columns: to[n / 8][k][8], columns past the last are 0.
 * B[tap·depth + d][n] = from[taps[tap] + d·depth_stride + n·column_stride].
 */
typedef struct {
  const float *from;
  float *to;
  const i32 *taps;
  i32 tap_count;
  i32 depth;
  i32 depth_stride;
  i32 columns;
  i32 column_stride;
} PackArgs;

/**
 * Where windows lie in images, `images` × `height` × `width` × `channels`. Output rows are done `block` at a time; what
 * their windows see is copied, zeros around it, into a strip of `strip_width` pixels a row, unless nothing is padded
 * (`direct`), where it is read in place. A window is `segments` runs of `run` floats, each at its offset in the strip
 * from the window's first pixel.
 */
typedef struct {
  const float *images_at;
  i32 images;
  i32 height;
  i32 width;
  i32 channels;
  /** Rows and columns of zeros before the first. Negative: as many are skipped. */
  i32 top;
  i32 left;
  /** Windows, and the step from one to the next, in pixels. */
  i32 rows;
  i32 columns;
  i32 row_step;
  i32 column_step;
  /** Rows that a window sees. */
  i32 span;
  i32 block;
  i32 strip_width;
  i32 direct;
  i32 segments;
  i32 run;
  const i32 *offsets;
} Windows;

/** to[window] = windows · packed (+ bias) (+ to), then max(0, ·) where `relu`. */
typedef struct {
  Windows windows;
  const float *packed;
  i32 outputs;
  /** 0: none. */
  const float *bias;
  float *to;
  i32 image_stride;
  i32 row_stride;
  i32 column_stride;
  i32 add;
  i32 relu;
  /** Panels of 8 outputs in a chunk. */
  i32 panels;
} TilesArgs;

/**
 * windowsᵀ · from: [segments·run, outputs], summed over images and windows. Images are done in `parts` groups, each
 * with a sum of its own, `part_stride` apart; the rows of the result in `splits`.
 */
typedef struct {
  Windows windows;
  const float *from;
  i32 image_stride;
  i32 row_stride;
  i32 column_stride;
  i32 outputs;
  float *to;
  /** From one row of the result to the next. */
  i32 stride;
  i32 parts;
  i32 part_stride;
  i32 splits;
} OuterArgs;

/** to[i] = Σ from[p·part_stride + i], p < parts. */
typedef struct {
  const float *from;
  float *to;
  i32 count;
  i32 parts;
  i32 part_stride;
} SumPartsArgs;

/** Sums of columns of from[rows][columns] by `parts` groups of rows, to[part][columns]. */
typedef struct {
  const float *from;
  float *to;
  i32 rows;
  i32 columns;
  i32 parts;
} ColumnSumsArgs;

typedef struct {
  float *to;
  i32 count;
  float value;
} FillArgs;

/** rows × columns floats from one pitch to another; `accumulate` adds to what is there. */
typedef struct {
  const float *from;
  float *to;
  i32 rows;
  i32 columns;
  i32 from_stride;
  i32 to_stride;
} CopyArgs;

/** gradient[i] = 0 where output[i] is not above 0. */
typedef struct {
  const float *output;
  float *gradient;
  i32 count;
} OutputGradientArgs;

typedef struct {
  const float *from;
  float *to;
  i32 rows;
  i32 columns;
} RowsArgs;

/**
 * Of a softmax over rows, in place: gradient = y·(gradient − Σ gradient·y); of its logarithm:
 * gradient = gradient − eʸ·Σ gradient.
 */
typedef struct {
  const float *output;
  float *gradient;
  i32 rows;
  i32 columns;
} RowsGradientArgs;

/** What the host sets before each step. */
typedef struct {
  float learning_rate;
  /** 1/Σ counts. */
  float share;
  /** Of Adam: λ/(1 − β₁ᵗ) and √(1 − β₂ᵗ). */
  float corrected_rate;
  float corrected_root;
  /** Gradients are multiplied by it; `clip_scale` sets it. */
  float scale;
  u32 seed;
  u32 step_low;
  u32 step_high;
} Control;

enum { CROSS_ENTROPY, SQUARED_ERROR };
enum { OUTPUTS, SOFTMAX_LOGITS, SIGMOID_LOGITS };

/**
 * Loss and metric of each row, and the gradient of the weighted mean over those that count. `classes`: targets are
 * indices of columns, a number each; otherwise a row each.
 */
typedef struct {
  const float *predictions;
  const float *targets;
  const float *counts;
  const Control *control;
  i32 rows;
  i32 columns;
  i32 loss;
  i32 from;
  i32 classes;
  float weight;
  /** 0: none. */
  float *gradient;
  /** Three rows of `rows`: losses and metrics, each times its count, and the classes predicted. */
  float *results;
} LossArgs;

/** to[0] = Σ from. */
typedef struct {
  const float *from;
  float *to;
  i32 count;
} TotalArgs;

/** λ₁Σ|w| + λ₂Σw² by stretches, and its gradient added where there is one. */
typedef struct {
  const float *weight;
  /** 0: none. */
  float *gradient;
  float *sums;
  i32 count;
  float l1;
  float l2;
} PenaltyArgs;

/** Sums of squares by stretches. */
typedef struct {
  const float *from;
  float *sums;
  i32 count;
} SquaresArgs;

/** control.scale = norm/max(√Σ sums, norm). */
typedef struct {
  const float *sums;
  Control *control;
  i32 count;
  float norm;
} ClipArgs;

enum { SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM };

/** One step of all weights, gradients scaled and decayed first. */
typedef struct {
  float *weight;
  const float *gradient;
  float *first;
  float *second;
  const Control *control;
  i32 count;
  i32 kind;
  float decay;
  /** Shares of the old mean and square that are kept, and of the new ones that are added: momentum or β₁; ρ or β₂. */
  float keep;
  float keep_square;
  float fresh;
  float fresh_square;
  float epsilon;
} OptimiseArgs;
