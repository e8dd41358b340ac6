/** Vectors of which some lanes alone count, at the end of a row. */
#pragma once
#include "simd.h"

/** The first `count` of four lanes. */
INLINE v128_t lanes(i32 count) { return wasm_i32x4_lt(wasm_i32x4_const(0, 1, 2, 3), wasm_i32x4_splat(count)); }

/** Of further lanes 0. */
INLINE f32x4 load_some(const float *at, i32 count) { return wasm_v128_and(load4(at), lanes(count)); }

INLINE void store_some(float *to, f32x4 value, i32 count) {
  if (count >= 4) return store4(to, value);
  float kept[4];
  store4(kept, value);
  for (i32 i = 0; i < count; i += 1) to[i] = kept[i];
}
