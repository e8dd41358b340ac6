/**
 * Images that windows go down, row by row. The rows that a window sees are held in scratch memory with zeros around
 * them, the four channels of a slice side by side: neighbours share cache lines there, and a kernel knows their
 * distance beforehand, however many channels there are.
 */
#pragma once
#include "arguments.h"

typedef struct {
  const float *images_at;
  i32 images;
  i32 height;
  i32 width;
  i32 channels;
  /** Rows and columns of zeros before the first. Negative: as many are skipped. */
  i32 top;
  i32 left;
  /** Windows below each other, and the step from one to the next, in pixels. */
  i32 rows;
  i32 row_step;
  /** Rows that a window sees, and pixels that are held of each. */
  i32 span;
  i32 pitch;
  /** Slices that are held at once, and rows of windows in a chunk. */
  i32 slices;
  i32 block;
} Slices;

/** The slices of a group, as they are held. */
typedef struct {
  const Slices *images;
  const float *from;
  float *at;
  i32 slices;
  /** Floats from one held row to the next, and from one slice to the next. */
  i32 row;
  i32 slice;
  /** The row that the present windows begin with, where it is held, and the first that is not held yet. */
  i32 first;
  i32 slot;
  i32 next;
} Held;

/** Has numbers brought near in their order, before they are read or written in another one. */
INLINE void bring_near(const float *from, i32 floats) {
  for (i32 i = 0; i < floats; i += 16) (void)*(const volatile float *)(from + i);
}

INLINE i32 slice_count(const Slices *w) { return ceil_div(w->channels, 4); }
INLINE i32 slice_groups(const Slices *w) { return ceil_div(slice_count(w), w->slices); }

/** An odd number of cache lines, so that slices don't compete for places in the cache. */
INLINE i32 slice_floats(const Slices *w) { return ceil_div(w->span * w->pitch * 4, 16) * 16 | 16; }

/** What windows of row `row` see, and those of the next after that. */
Held hold(const Slices *w, i32 image, i32 group, i32 row, float *at);
void hold_next(Held *held);

/** Where the row is held that lies `tap` rows below the windows' first; negative where it is not in the image. */
INLINE i32 held_row(const Held *held, i32 tap) {
  const i32 row = held->first + tap, slot = held->slot + tap, span = held->images->span;
  if (row < 0 || row >= held->images->height) return -1;
  return (slot >= span ? slot - span : slot) * held->row;
}

/**
 * Windows over the same rows that differ in their taps, and in where their results stand. As numbers: rows and columns
 * of windows, the first result, rows and columns of taps, where these lie, in pixels from the windows' first, and where
 * each tap's weights stand.
 */
typedef struct {
  i32 rows;
  i32 columns;
  i32 first;
  i32 tap_rows;
  i32 tap_columns;
  const i32 *rows_at;
  const i32 *columns_at;
  const i32 *weights_at;
} Phase;

/** Reads a phase; returns where the next begins. */
const i32 *read_phase(const i32 *from, Phase *phase);
