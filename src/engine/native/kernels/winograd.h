#pragma once
#include "arguments.h"

/**
 * Filters of 3 × 3 numbers as 6 × 6: to[36][panels][inputs][8]. A filter's number stands at
 * from[tap·tap_stride + input·input_stride + output·output_stride]; `turned`: the taps in reverse order.
 */
typedef struct {
  const float *from;
  float *to;
  i32 inputs;
  i32 outputs;
  i32 tap_stride;
  i32 input_stride;
  i32 output_stride;
  i32 turned;
} WinogradFiltersArgs;

/** Images under 3 × 3 windows at stride 1, 4 × 4 outputs a tile, `block` tiles at a time. */
typedef struct {
  const float *images_at;
  i32 images;
  i32 height;
  i32 width;
  i32 channels;
  i32 top;
  i32 left;
  i32 rows;
  i32 columns;
  i32 outputs;
  i32 block;
} WinogradWindows;

/** to = windows · filters (+ bias) (+ to), then max(0, ·) where `relu`; [images, rows, columns, outputs]. */
typedef struct {
  WinogradWindows windows;
  const float *filters;
  /** 0: none. */
  const float *bias;
  float *to;
  i32 add;
  i32 relu;
} WinogradArgs;

/**
 * What `count` tiles from `first` on see and what their outputs' gradients come to, for the filters' gradient:
 * seen[36][count][channels] and pulled[36][count][outputs].
 */
typedef struct {
  WinogradWindows windows;
  const float *gradient;
  float *seen;
  float *pulled;
  i32 first;
  i32 count;
} WinogradSpreadArgs;

/** to[36][channels][outputs] = Σ over tiles of seen · pulled (+ to); channels in `splits` for threads. */
typedef struct {
  const float *seen;
  const float *pulled;
  float *to;
  i32 count;
  i32 channels;
  i32 outputs;
  i32 add;
  i32 splits;
} WinogradProductsArgs;

/** The filters' gradient as 3 × 3, [9][inputs·outputs], from that as 6 × 6. */
typedef struct {
  const float *from;
  float *to;
  /** inputs · outputs, a multiple of 4. */
  i32 count;
} WinogradSumArgs;

#define WINOGRAD_OPERATIONS(X) \
  X(winograd_filters, WinogradFiltersArgs) \
  X(winograd, WinogradArgs) \
  X(winograd_spread, WinogradSpreadArgs) \
  X(winograd_products, WinogradProductsArgs) \
  X(winograd_sum, WinogradSumArgs)
