#pragma once
#include "arguments.h"
#include "lines.h"

/**
 * to[image][r][c] = Σ rows' lines i, columns' lines j of r and c: sharesᵢ·sharesⱼ·from[image][i][j], channel by channel.
 * Means over windows, repeated and blended pixels, added and dropped borders are all this; so are their gradients,
 * with the lines of each line of the source.
 */
typedef struct {
  const float *from;
  float *to;
  i32 images;
  i32 height;
  i32 width;
  i32 channels;
  Lines rows;
  i32 row_count;
  Lines columns;
  i32 column_count;
  i32 add;
  /** Rows of the target in a chunk. */
  i32 together;
} ResampleArgs;

/** The largest number of each window, and its place in the plane, counted row by row: the first one of equal ones. */
typedef struct {
  const float *from;
  float *to;
  /** 0: not wanted. */
  i32 *places;
  i32 images;
  i32 height;
  i32 width;
  i32 channels;
  Lines rows;
  i32 row_count;
  Lines columns;
  i32 column_count;
  i32 together;
} MaxPoolArgs;

/** Brings the gradients of windows to the pixels in whose places their maxima stood. */
typedef struct {
  const float *gradient;
  const i32 *places;
  float *to;
  i32 images;
  i32 pixels;
  i32 windows;
  i32 channels;
  i32 add;
} MaxPoolGradientArgs;

/** The largest number of each channel over all places: from[images][places][channels] to [images][channels]. */
typedef struct {
  const float *from;
  float *to;
  i32 images;
  i32 places;
  i32 channels;
} ChannelMaxArgs;

/** Equal maxima share the gradient equally. */
typedef struct {
  const float *from;
  const float *output;
  const float *gradient;
  float *to;
  i32 images;
  i32 places;
  i32 channels;
  i32 add;
} ChannelMaxGradientArgs;

/** Whole numbers as floats. */
typedef struct {
  const i32 *from;
  float *to;
  i32 count;
} NumbersArgs;

/** One axis of the windows that a pooling took its maxima from. */
typedef struct {
  i32 size;
  i32 windows;
  i32 kernel;
  i32 stride;
  i32 before;
} PoolAxis;

/** Puts each number to its place in the plane, where that lies in the number's own window; zeros elsewhere. */
typedef struct {
  const float *from;
  const float *places;
  float *to;
  i32 images;
  i32 channels;
  PoolAxis rows;
  PoolAxis columns;
} UnpoolArgs;

/** What stands at each number's place. */
typedef struct {
  const float *gradient;
  const float *places;
  float *to;
  i32 images;
  i32 channels;
  PoolAxis rows;
  PoolAxis columns;
  i32 add;
} UnpoolGradientArgs;

/**
 * Groups of factor² channels become blocks of factor × factor pixels: channel c·factor² + i·factor + j goes to row i
 * and column j of the block's channel c. `back`: the other way round. Sizes are those of the smaller images.
 */
typedef struct {
  const float *from;
  float *to;
  /** Of all images. */
  i32 rows;
  i32 width;
  /** Of the larger images. */
  i32 channels;
  i32 factor;
  i32 back;
  i32 add;
} ShuffleArgs;

#define POOLING_OPERATIONS(X) \
  X(resample, ResampleArgs) \
  X(max_pool, MaxPoolArgs) \
  X(max_pool_gradient, MaxPoolGradientArgs) \
  X(channel_max, ChannelMaxArgs) \
  X(channel_max_gradient, ChannelMaxGradientArgs) \
  X(numbers, NumbersArgs) \
  X(unpool, UnpoolArgs) \
  X(unpool_gradient, UnpoolGradientArgs) \
  X(shuffle, ShuffleArgs)
