/** Elementary functions of four floats, to the last bit or two; not a number stays one. */
#pragma once
#include "simd.h"

/** 2ⁿ for whole n in −126 … 127, by its exponent bits. */
INLINE f32x4 power_of_2(v128_t n) { return wasm_i32x4_add(wasm_i32x4_shl(n, 23), wasm_i32x4_splat(127 << 23)); }

/** x = n·ln 2 + r with |r| ≤ ln(2)/2 and n whole; `slope` is (eʳ − 1 − r)/r². */
typedef struct {
  v128_t n;
  f32x4 r;
  f32x4 slope;
} Reduced;

/**
 * Cody & Waite 1980, "Software manual for the elementary functions"; coefficients of Moshier's Cephes, expf.
 * Rounded by adding a number so large that its last bit is worth 1.
 */
INLINE Reduced reduced4(f32x4 x) {
  const f32x4 large = all4(12582912.0f);
  const f32x4 sum = fma4(x, all4(1.44269504088896341f), large);
  const f32x4 n = sub4(sum, large);
  f32x4 r = fma4(n, all4(-0.693359375f), x);
  r = fma4(n, all4(2.12194440e-4f), r);
  f32x4 p = all4(1.9875691500e-4f);
  p = fma4(p, r, all4(1.3981999507e-3f));
  p = fma4(p, r, all4(8.3334519073e-3f));
  p = fma4(p, r, all4(4.1665795894e-2f));
  p = fma4(p, r, all4(1.6666665459e-1f));
  p = fma4(p, r, all4(5.0000001201e-1f));
  return (Reduced){wasm_i32x4_sub(sum, large), r, p};
}

/** eˣ = 2ⁿ·eʳ. Above 88.7 infinite, below −103.9 zero. */
INLINE f32x4 exp4(f32x4 x) {
  const Reduced e = reduced4(at_most4(at_least4(x, all4(-104.0f)), all4(89.0f)));
  const f32x4 p = add4(fma4(e.slope, mul4(e.r, e.r), e.r), all4(1));
  /* In two halves, so that neither overflows where their product does not. */
  const v128_t half = wasm_i32x4_shr(e.n, 1);
  return mul4(mul4(p, power_of_2(half)), power_of_2(wasm_i32x4_sub(e.n, half)));
}

/**
 * ln x by a polynomial in the mantissa, between √½ and √2. −∞ at 0, not a number below.
 * Moshier's Cephes, logf.
 */
INLINE f32x4 log4(f32x4 x) {
  /* Numbers below the smallest normal one are brought up by 2²³ first. */
  const v128_t tiny = wasm_f32x4_lt(x, all4(1.17549435e-38f));
  const f32x4 scaled = wasm_v128_bitselect(mul4(x, all4(8388608.0f)), x, tiny);
  const v128_t exponent = wasm_i32x4_sub(wasm_u32x4_shr(scaled, 23), wasm_i32x4_splat(126));
  f32x4 m = wasm_v128_or(wasm_v128_and(scaled, wasm_i32x4_splat(0x007fffff)), wasm_i32x4_splat(0x3f000000));
  const v128_t low = wasm_f32x4_lt(m, all4(0.707106781186547524f));
  f32x4 n = wasm_f32x4_convert_i32x4(exponent);
  n = sub4(n, wasm_v128_and(low, all4(1)));
  n = sub4(n, wasm_v128_and(tiny, all4(23)));
  m = sub4(add4(m, wasm_v128_and(low, m)), all4(1));
  f32x4 p = all4(7.0376836292e-2f);
  p = fma4(p, m, all4(-1.1514610310e-1f));
  p = fma4(p, m, all4(1.1676998740e-1f));
  p = fma4(p, m, all4(-1.2420140846e-1f));
  p = fma4(p, m, all4(1.4249322787e-1f));
  p = fma4(p, m, all4(-1.6668057665e-1f));
  p = fma4(p, m, all4(2.0000714765e-1f));
  p = fma4(p, m, all4(-2.4999993993e-1f));
  p = fma4(p, m, all4(3.3333331174e-1f));
  const f32x4 square = mul4(m, m);
  f32x4 y = mul4(mul4(p, m), square);
  y = fma4(n, all4(-2.12194440e-4f), y);
  y = fma4(square, all4(-0.5f), y);
  f32x4 result = fma4(n, all4(0.693359375f), add4(m, y));
  result = wasm_v128_bitselect(x, result, wasm_f32x4_eq(x, all4(__builtin_inff())));
  result = wasm_v128_bitselect(all4(-__builtin_inff()), result, wasm_f32x4_eq(x, zero4()));
  /* Written so that not a number is caught too. */
  return wasm_v128_bitselect(result, all4(__builtin_nanf("")), wasm_f32x4_ge(x, zero4()));
}

/**
 * ln(1 + x) for x from 0 to 1, right near 0 too: 2·artanh t with t = x/(2 + x) up to ⅓, by a polynomial fitted to it at
 * Chebyshev's nodes.
 */
INLINE f32x4 log1p4(f32x4 x) {
  const f32x4 t = wasm_f32x4_div(x, add4(x, all4(2)));
  const f32x4 square = mul4(t, t);
  f32x4 p = all4(0.11619653552770615f);
  p = fma4(p, square, all4(0.10851625353097916f));
  p = fma4(p, square, all4(0.14296294748783112f));
  p = fma4(p, square, all4(0.19999851286411285f));
  p = fma4(p, square, all4(0.3333333432674408f));
  const f32x4 twice = add4(t, t);
  return fma4(mul4(p, square), twice, twice);
}

/** Below −88.7, where it comes under the smallest normal number, 0. */
INLINE f32x4 sigmoid4(f32x4 x) {
  return wasm_f32x4_div(all4(1), add4(all4(1), exp4(wasm_f32x4_neg(x))));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
INLINE f32x4 softplus4(f32x4 x) {
  return add4(relu4(x), log1p4(exp4(wasm_f32x4_neg(wasm_f32x4_abs(x)))));
}

/** Near 0 by a polynomial (Cephes, tanhf), elsewhere 1 − 2/(e²ˣ + 1). */
INLINE f32x4 tanh4(f32x4 x) {
  const f32x4 square = mul4(x, x);
  f32x4 p = all4(-5.70498872745e-3f);
  p = fma4(p, square, all4(2.06390887954e-2f));
  p = fma4(p, square, all4(-5.37397155531e-2f));
  p = fma4(p, square, all4(1.33314422036e-1f));
  p = fma4(p, square, all4(-3.33332819422e-1f));
  const f32x4 near = fma4(mul4(p, square), x, x);
  const f32x4 far = sub4(all4(1), wasm_f32x4_div(all4(2), add4(exp4(add4(x, x)), all4(1))));
  return wasm_v128_bitselect(near, far, wasm_f32x4_lt(wasm_f32x4_abs(x), all4(0.625f)));
}

/** eˣ − 1 for x ≤ 0, right near 0 too: 2ⁿ·(eʳ − 1) + (2ⁿ − 1). */
INLINE f32x4 expm1_4(f32x4 x) {
  const Reduced e = reduced4(at_least4(x, all4(-87.0f)));
  const f32x4 power = power_of_2(e.n);
  return fma4(power, fma4(e.slope, mul4(e.r, e.r), e.r), sub4(power, all4(1)));
}

/**
 * erf x. Near 0 x + x·P(x²), elsewhere 1 − e^Q(|x|) with Q for ln(1 − erf |x|) up to 4, from where on it is 1. Least
 * squares at Chebyshev's nodes, weighted so that the errors of erf itself are even.
 */
INLINE f32x4 erf4(f32x4 x) {
  const f32x4 square = mul4(x, x);
  f32x4 p = all4(-6.3711480e-4f);
  p = fma4(p, square, all4(5.0588562e-3f));
  p = fma4(p, square, all4(-2.6805755e-2f));
  p = fma4(p, square, all4(1.1282744e-1f));
  p = fma4(p, square, all4(-3.7612566e-1f));
  p = fma4(p, square, all4(1.2837915e-1f));
  const f32x4 near = fma4(p, x, x);
  const f32x4 size = wasm_f32x4_abs(x);
  const f32x4 t = at_most4(size, all4(4));
  f32x4 q = all4(-2.0396120e-5f);
  q = fma4(q, t, all4(4.2616588e-4f));
  q = fma4(q, t, all4(-4.1299528e-3f));
  q = fma4(q, t, all4(2.5009163e-2f));
  q = fma4(q, t, all4(-1.0810710e-1f));
  q = fma4(q, t, all4(-6.3350576e-1f));
  q = fma4(q, t, all4(-1.1294358f));
  q = fma4(q, t, all4(1.5817939e-4f));
  const f32x4 far = sub4(all4(1), exp4(q));
  const f32x4 sign = wasm_v128_and(x, all4(-0.0f));
  return wasm_v128_bitselect(near, wasm_v128_or(far, sign), wasm_f32x4_lt(size, all4(0.84f)));
}

INLINE float exp1(float x) { return wasm_f32x4_extract_lane(exp4(all4(x)), 0); }
INLINE float log1(float x) { return wasm_f32x4_extract_lane(log4(all4(x)), 0); }
INLINE float softplus1(float x) { return wasm_f32x4_extract_lane(softplus4(all4(x)), 0); }
INLINE float sigmoid1(float x) { return wasm_f32x4_extract_lane(sigmoid4(all4(x)), 0); }
