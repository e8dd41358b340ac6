/** Arguments of the normalisations. */
#pragma once
#include "arguments.h"

/**
 * Numbers that are normalised by groups of channels, in `sets` one after the other: a set is the whole batch, or one
 * example. Of a set, `rows` of `width` numbers, a multiple of 8, so that few channels stand several times in a row;
 * then `tail` more, fewer than a row. A column's channel is its number modulo `channels`. Sums over a set are taken in
 * `parts`, groups of rows.
 */
typedef struct {
  i32 sets;
  i32 rows;
  i32 width;
  i32 tail;
  i32 parts;
  i32 channels;
  /** Channels that are normalised together. */
  i32 group;
} Columns;

/** to[set][part]: a number s near each column's mean; then Σ(x − s); then Σ(x − s)². Each [width]. */
typedef struct {
  Columns columns;
  const float *from;
  float *to;
} ColumnMomentsArgs;

/**
 * From sums of columns, or from running statistics, the line that each column goes through, y = (x − m)·a + b:
 * line[set] holds m, a and b, each [width]; `kept[set]` of each group what m lacks of the mean, then 1/√(σ² + ε).
 * Running statistics are moved where they have a place to go.
 */
typedef struct {
  Columns columns;
  /** 0: the running statistics are those that count. */
  const float *moments;
  const float *gamma;
  const float *beta;
  const float *running_mean;
  const float *running_variance;
  /** 0: they stay. */
  float *moved_mean;
  float *moved_variance;
  float *line;
  float *kept;
  float epsilon;
  /** Shares of the old statistics and of the batch's. */
  float keep;
  float fresh;
} NormLineArgs;

/** to = (from − m)·a + b, not below 0 where `relu`. May be in place. */
typedef struct {
  Columns columns;
  const float *from;
  const float *line;
  float *to;
  i32 relu;
} NormArgs;

/** to[set][part]: Σ dy and Σ dy·(x − m), each [width]; dy counts where y > 0 alone, where `relu`. */
typedef struct {
  Columns columns;
  const float *from;
  const float *line;
  const float *gradient;
  float *to;
  i32 relu;
} NormSumsArgs;

/**
 * From those sums the gradients of γ and β, and the line of each column of the way back, [set]: A and B of
 * dx = a·dy − (x − m)·A − B.
 * Ioffe & Szegedy 2015, "Batch normalization", §3, brought to one line.
 */
typedef struct {
  Columns columns;
  const float *sums;
  const float *gamma;
  const float *kept;
  /** 0: not trained. */
  float *gamma_gradient;
  float *beta_gradient;
  /** 0: the statistics do not depend on x. */
  float *back;
} NormBackArgs;

/** dx as above; dy counts where y > 0 alone, where `relu`. `to` may be dy's place. */
typedef struct {
  Columns columns;
  const float *from;
  const float *line;
  /** 0: A and B are. */
  const float *back;
  const float *gradient;
  float *to;
  i32 add;
  i32 relu;
} NormGradientArgs;

/**
 * Rows that are normalised each by itself: `rows` × `size` numbers. γ and β are `period` rows, which begin anew after
 * as many. `kept` of a row: m, p and q, by which x̂ = (x − m)·p + q.
 */
typedef struct {
  const float *from;
  /** 0: none. */
  const float *gamma;
  const float *beta;
  float *kept;
  i32 rows;
  i32 size;
  i32 period;
  i32 relu;
} NormRows;

/** to = γ·x̂ + β, not below 0 where `relu`. May be in place. */
typedef struct {
  NormRows rows;
  float *to;
  float epsilon;
} NormRowsArgs;

/** to[part]: Σ dy and Σ dy·x̂ over a part of the rows, each [period·size]. */
typedef struct {
  NormRows rows;
  const float *gradient;
  float *to;
  i32 parts;
} NormRowsSumsArgs;

/** dx = p·(γ·dy − mean(γ·dy) − x̂·mean(γ·dy·x̂)). `to` may be dy's place. */
typedef struct {
  NormRows rows;
  const float *gradient;
  float *to;
  i32 add;
} NormRowsGradientArgs;

/** y = x·s^−β with s = k + α/size·Σ x² over channels from `before` before to `after` after; `share` is α/size. */
typedef struct {
  const float *from;
  float *to;
  i32 rows;
  i32 channels;
  i32 before;
  i32 after;
  float share;
  float beta;
  float k;
} ResponseArgs;

/** dx = dy·s^−β − 2·share·β·x·Σ dy·y/s, over the channels that x is a neighbour of. `to` may be dy's place. */
typedef struct {
  ResponseArgs response;
  const float *gradient;
  i32 add;
} ResponseGradientArgs;

#define NORMALISATION_OPERATIONS(X) \
  X(column_moments, ColumnMomentsArgs) \
  X(norm_line, NormLineArgs) \
  X(norm, NormArgs) \
  X(norm_sums, NormSumsArgs) \
  X(norm_back, NormBackArgs) \
  X(norm_gradient, NormGradientArgs) \
  X(norm_rows, NormRowsArgs) \
  X(norm_rows_sums, NormRowsSumsArgs) \
  X(norm_rows_gradient, NormRowsGradientArgs) \
  X(response, ResponseArgs) \
  X(response_gradient, ResponseGradientArgs)
