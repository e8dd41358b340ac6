/** Elementary functions of four floats, to the last bit or two; not a number stays one. */
#pragma once
#include "simd.h"

/**
 * A constant that engines keep in a register over a loop, or in memory: one that they see they build anew at each use,
 * from integers, in more time than the use takes.
 */
INLINE f32x4 kept4(float value) {
  __asm__("" : "+r"(value));
  return all4(value);
}

/** p·x + coefficient, as Horner has it. */
INLINE f32x4 next4(f32x4 p, f32x4 x, float coefficient) { return fma4(p, x, kept4(coefficient)); }

/** A number so large that its last bit is worth 1; its lowest nine bits are 127, the exponent of 1. */
#define LARGE 12583039.0f

/** x = n·ln 2 + r with |r| ≤ ln(2)/2 and n whole; `sum` is n + LARGE, `slope` is (eʳ − 1 − r)/r². */
typedef struct {
  f32x4 sum;
  f32x4 r;
  f32x4 slope;
} Reduced;

/**
 * Cody & Waite 1980, "Software manual for the elementary functions". The slope is fitted so that the errors of eʳ − 1
 * are even, 2⁻²⁶ of it.
 */
INLINE Reduced reduced4(f32x4 x) {
  const f32x4 sum = fma4(x, kept4(1.44269504088896341f), kept4(LARGE));
  const f32x4 n = sub4(sum, kept4(LARGE));
  f32x4 r = fma4(n, kept4(-0.693359375f), x);
  r = fma4(n, kept4(2.12194440e-4f), r);
  f32x4 p = next4(kept4(1.3946748e-3f), r, 8.3667556e-3f);
  p = next4(p, r, 4.1666278e-2f);
  p = next4(p, r, 1.6666542e-1f);
  p = next4(p, r, 0.5f);
  return (Reduced){sum, r, p};
}

/** eʳ − 1 */
INLINE f32x4 rest4(Reduced e) { return fma4(e.slope, mul4(e.r, e.r), e.r); }

/** 2ⁿ by its exponent bits for n in −126 … 127; 0 for −127, infinite for 128. The shift drops all of LARGE but 127. */
INLINE f32x4 power4(Reduced e) { return wasm_i32x4_shl(e.sum, 23); }

/** eˣ = 2ⁿ·eʳ. Above 88.7 infinite, below −103.9 zero. */
INLINE f32x4 exp4(f32x4 x) {
  const Reduced e = reduced4(at_most4(at_least4(x, kept4(-104.0f)), kept4(89.0f)));
  /* In two halves, so that neither overflows where their product does not. */
  const v128_t n = wasm_i32x4_sub(e.sum, kept4(LARGE)), half = wasm_i32x4_shl(wasm_i32x4_shr(n, 1), 23);
  const f32x4 p = add4(rest4(e), kept4(1));
  return mul4(mul4(p, wasm_i32x4_add(half, kept4(1))), wasm_i32x4_sub(power4(e), half));
}

/** eˣ with one power of 2: infinite from 88.4 on, 0 below −87.7, where it comes under the smallest normal number. */
INLINE f32x4 normal_exp4(f32x4 x) {
  const Reduced e = reduced4(at_most4(at_least4(x, kept4(-88)), kept4(88.9f)));
  return mul4(add4(rest4(e), kept4(1)), power4(e));
}

/**
 * ln x by a polynomial in the mantissa, between √½ and √2. −∞ at 0, not a number below.
 * Moshier's Cephes, logf.
 */
INLINE f32x4 log4(f32x4 x) {
  /* Numbers below the smallest normal one are brought up by 2²³ first. */
  const v128_t tiny = wasm_f32x4_lt(x, kept4(1.17549435e-38f));
  const f32x4 scaled = wasm_v128_bitselect(mul4(x, kept4(8388608.0f)), x, tiny);
  const v128_t exponent = wasm_i32x4_sub(wasm_u32x4_shr(scaled, 23), wasm_i32x4_splat(126));
  f32x4 m = wasm_v128_or(wasm_v128_and(scaled, wasm_i32x4_splat(0x007fffff)), wasm_i32x4_splat(0x3f000000));
  const v128_t low = wasm_f32x4_lt(m, kept4(0.707106781186547524f));
  f32x4 n = wasm_f32x4_convert_i32x4(exponent);
  n = sub4(n, wasm_v128_and(low, kept4(1)));
  n = sub4(n, wasm_v128_and(tiny, kept4(23)));
  m = sub4(add4(m, wasm_v128_and(low, m)), kept4(1));
  f32x4 p = kept4(7.0376836292e-2f);
  p = next4(p, m, -1.1514610310e-1f);
  p = next4(p, m, 1.1676998740e-1f);
  p = next4(p, m, -1.2420140846e-1f);
  p = next4(p, m, 1.4249322787e-1f);
  p = next4(p, m, -1.6668057665e-1f);
  p = next4(p, m, 2.0000714765e-1f);
  p = next4(p, m, -2.4999993993e-1f);
  p = next4(p, m, 3.3333331174e-1f);
  const f32x4 square = mul4(m, m);
  f32x4 y = mul4(mul4(p, m), square);
  y = fma4(n, kept4(-2.12194440e-4f), y);
  y = fma4(square, kept4(-0.5f), y);
  f32x4 result = fma4(n, kept4(0.693359375f), add4(m, y));
  result = wasm_v128_bitselect(x, result, wasm_f32x4_eq(x, kept4(__builtin_inff())));
  result = wasm_v128_bitselect(kept4(-__builtin_inff()), result, wasm_f32x4_eq(x, zero4()));
  /* Written so that not a number is caught too. */
  return wasm_v128_bitselect(result, kept4(__builtin_nanf("")), wasm_f32x4_ge(x, zero4()));
}

/**
 * ln(1 + x) for x from 0 to 1, right near 0 too: 2·artanh t with t = x/(2 + x) up to ⅓, by a polynomial fitted to it at
 * Chebyshev's nodes.
 */
INLINE f32x4 log1p4(f32x4 x) {
  const f32x4 t = wasm_f32x4_div(x, add4(x, kept4(2)));
  const f32x4 square = mul4(t, t);
  f32x4 p = kept4(0.11619653552770615f);
  p = next4(p, square, 0.10851625353097916f);
  p = next4(p, square, 0.14296294748783112f);
  p = next4(p, square, 0.19999851286411285f);
  p = next4(p, square, 0.3333333432674408f);
  const f32x4 twice = add4(t, t);
  return fma4(mul4(p, square), twice, twice);
}

/** Below −88.4, where it comes under the smallest normal number, 0. */
INLINE f32x4 sigmoid4(f32x4 x) {
  const f32x4 one = kept4(1);
  return wasm_f32x4_div(one, add4(one, normal_exp4(wasm_f32x4_neg(x))));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
INLINE f32x4 softplus4(f32x4 x) {
  return add4(relu4(x), log1p4(exp4(wasm_f32x4_neg(wasm_f32x4_abs(x)))));
}

/** Near 0 by a polynomial (Cephes, tanhf), elsewhere 1 − 2/(e²ˣ + 1). */
INLINE f32x4 tanh4(f32x4 x) {
  const f32x4 square = mul4(x, x);
  f32x4 p = next4(kept4(-5.70498872745e-3f), square, 2.06390887954e-2f);
  p = next4(p, square, -5.37397155531e-2f);
  p = next4(p, square, 1.33314422036e-1f);
  p = next4(p, square, -3.33332819422e-1f);
  const f32x4 near = fma4(mul4(p, square), x, x), one = kept4(1);
  const f32x4 far = sub4(one, wasm_f32x4_div(kept4(2), add4(normal_exp4(add4(x, x)), one)));
  return wasm_v128_bitselect(near, far, wasm_f32x4_lt(wasm_f32x4_abs(x), kept4(0.625f)));
}

/** eˣ − 1 for x ≤ 0, right near 0 too: 2ⁿ·(eʳ − 1) + (2ⁿ − 1). */
INLINE f32x4 expm1_4(f32x4 x) {
  const Reduced e = reduced4(at_least4(x, kept4(-87)));
  const f32x4 power = power4(e);
  return fma4(power, rest4(e), sub4(power, kept4(1)));
}

/**
 * Φ(x) of the normal distribution, right to 2⁻²², 0 below −5.5 and 1 above 5.5: ½ + x·P(x²)/Q(x²), fitted so that the
 * errors are even. The ends are where the fraction, rounded, is exactly ½.
 */
INLINE f32x4 normal4(f32x4 x) {
  const f32x4 t = at_most4(at_least4(x, kept4(-5.4774375f)), kept4(5.4774375f)), square = mul4(t, t);
  f32x4 p = next4(kept4(3.146527e-8f), square, 8.7857388e-6f);
  p = next4(p, square, 2.3350508e-4f);
  p = next4(p, square, 6.4692055e-3f);
  p = next4(p, square, 4.6822157e-2f);
  p = next4(p, square, 5.5178493e-1f);
  f32x4 q = next4(kept4(1.6562965e-6f), square, 1.0186300e-4f);
  q = next4(q, square, 2.6064068e-3f);
  q = next4(q, square, 3.9620612e-2f);
  q = next4(q, square, 3.4788468e-1f);
  q = next4(q, square, 1.3831198f);
  return add4(wasm_f32x4_div(mul4(t, p), q), kept4(0.5f));
}

/** (x·Φ(x))′ = Φ(x) + x·Φ′(x), in the same way; 0 below −6 and 1 above 6. */
INLINE f32x4 normal_slope4(f32x4 x) {
  const f32x4 t = at_most4(at_least4(x, kept4(-5.9999375f)), kept4(5.9999375f)), square = mul4(t, t);
  f32x4 p = next4(kept4(1.8097037e-8f), square, 9.7939198e-7f);
  p = next4(p, square, 3.6193473e-5f);
  p = next4(p, square, 2.1522687e-4f);
  p = next4(p, square, 1.4711567e-2f);
  p = next4(p, square, -2.3750393e-2f);
  p = next4(p, square, 8.470695e-1f);
  f32x4 q = next4(kept4(1.3958072e-9f), square, 3.5987196e-7f);
  q = next4(q, square, 1.0943124e-5f);
  q = next4(q, square, 2.6044648e-4f);
  q = next4(q, square, 4.2163241e-3f);
  q = next4(q, square, 4.6854142e-2f);
  q = next4(q, square, 3.2411429e-1f);
  q = next4(q, square, 1.0616442f);
  return add4(wasm_f32x4_div(mul4(t, p), q), kept4(0.5f));
}

INLINE float exp1(float x) { return wasm_f32x4_extract_lane(exp4(all4(x)), 0); }
INLINE float log1(float x) { return wasm_f32x4_extract_lane(log4(all4(x)), 0); }
INLINE float softplus1(float x) { return wasm_f32x4_extract_lane(softplus4(all4(x)), 0); }
INLINE float sigmoid1(float x) { return wasm_f32x4_extract_lane(sigmoid4(all4(x)), 0); }
