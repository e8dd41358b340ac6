/** Which lines of one image go into each line of another, and how four channels of its pixels are written. */
#pragma once
#include "lanes.h"

/** Lines of the source for each line of the target: those at starts[i] … starts[i + 1], each with its share. */
typedef struct {
  const i32 *starts;
  const i32 *lines;
  const float *shares;
} Lines;

/** The first `left` of four numbers, fewer than four. */
INLINE void store_left(float *to, f32x4 value, i32 left) {
  if (left & 2) {
    wasm_v128_store64_lane(to, value, 0);
    if (left & 1) wasm_v128_store32_lane(to + 2, value, 2);
  } else if (left & 1) {
    wasm_v128_store32_lane(to, value, 0);
  }
}

/**
 * Writes four channels of a pixel, `left` of which are its own; the others spill into the next pixel, whose turn comes
 * later, unless that lies past `end`. With `add`, what is there is added to.
 */
INLINE void put(float *to, f32x4 value, i32 left, const float *end, i32 add) {
  if (left >= 4 || to + 4 <= end) {
    if (!add) store4(to, value);
    else store4(to, add4(load4(to), left >= 4 ? value : wasm_v128_and(value, lanes(left))));
    return;
  }
  store_left(to, add ? add4(load4(to), value) : value, left);
}
