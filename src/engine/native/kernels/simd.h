/**
 * Four 32-bit floats at a time. `fma` is one fused instruction where relaxed SIMD is compiled in, and a product and a
 * sum elsewhere: results then differ in the last bit.
 */
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

typedef uint32_t u32;
typedef int32_t i32;
typedef v128_t f32x4;

#define INLINE static inline __attribute__((always_inline))
#define OUTLINED __attribute__((noinline))

INLINE f32x4 load4(const float *at) { return wasm_v128_load(at); }
INLINE void store4(float *at, f32x4 value) { wasm_v128_store(at, value); }
INLINE f32x4 spread(const float *at) { return wasm_v128_load32_splat(at); }
INLINE f32x4 all4(float value) { return wasm_f32x4_splat(value); }
INLINE f32x4 zero4(void) { return wasm_f32x4_const_splat(0); }
INLINE f32x4 add4(f32x4 a, f32x4 b) { return wasm_f32x4_add(a, b); }
INLINE f32x4 sub4(f32x4 a, f32x4 b) { return wasm_f32x4_sub(a, b); }
INLINE f32x4 mul4(f32x4 a, f32x4 b) { return wasm_f32x4_mul(a, b); }

/** Stores the first `count` of four, all where there are more. */
INLINE void put4(float *at, f32x4 value, i32 count) {
  if (count >= 4) {
    store4(at, value);
    return;
  }
  if (count > 0) wasm_v128_store32_lane(at, value, 0);
  if (count > 1) wasm_v128_store32_lane(at + 1, value, 1);
  if (count > 2) wasm_v128_store32_lane(at + 2, value, 2);
}

/** a·b + c */
INLINE f32x4 fma4(f32x4 a, f32x4 b, f32x4 c) {
#ifdef __wasm_relaxed_simd__
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return add4(mul4(a, b), c);
#endif
}

/**
 * The larger and the smaller of x and a bound. One instruction each, and x stays where it is not a number: wasm's
 * pseudo-extremes give their first operand where none is less.
 */
INLINE f32x4 at_least4(f32x4 x, f32x4 bound) { return wasm_f32x4_pmax(x, bound); }
INLINE f32x4 at_most4(f32x4 x, f32x4 bound) { return wasm_f32x4_pmin(x, bound); }
INLINE f32x4 relu4(f32x4 x) { return at_least4(x, zero4()); }

INLINE float sum4(f32x4 x) {
  return (wasm_f32x4_extract_lane(x, 0) + wasm_f32x4_extract_lane(x, 2)) +
         (wasm_f32x4_extract_lane(x, 1) + wasm_f32x4_extract_lane(x, 3));
}

INLINE i32 least(i32 a, i32 b) { return a < b ? a : b; }
INLINE i32 most(i32 a, i32 b) { return a > b ? a : b; }
INLINE i32 ceil_div(i32 a, i32 b) { return (a + b - 1) / b; }
