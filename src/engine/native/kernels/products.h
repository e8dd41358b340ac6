/** The inner products that more than one operation is made of. */
#pragma once
#include "windows.h"

/** Up to 6 rows of A, by where they begin, and where their 8 results go, the first `columns` of them. */
typedef struct {
  const float *rows[6];
  float *to[6];
  i32 columns;
} Tile;

/** Rows times a panel, `segments` runs of `run` numbers each at its offset from the row's beginning. */
typedef void (*TileOf)(const Tile *tile, const float *panel, i32 segments, i32 run, const i32 *offsets,
                       const float *bias, i32 add, i32 relu);
/** By the number of rows. */
extern const TileOf tile_of[7];

/** A 6 × 8 part of Aᵀ·B, summed over pixels: A moves by the strip's strides, B by those given. */
typedef void (*OuterOf)(const Strip *strip, const float *from, i32 rows, i32 columns, i32 row_stride, i32 column_stride,
                        float *to, i32 stride, i32 outputs, i32 add, i32 offset);
extern const OuterOf outer_of[7];
