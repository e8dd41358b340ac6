/** Philox 4×32 with 10 rounds, bit by bit as in src/core/random.ts: sixteen numbers at a time. */
#include "functions.h"
#include "operations.h"

/** Of whole groups of sixteen. */
#define STRETCH 16384

/** Low and high halves of the products of four unsigned numbers with one. */
INLINE void multiply_wide(v128_t a, u32 factor, v128_t *low, v128_t *high) {
  const v128_t all = wasm_i32x4_splat((i32)factor);
  const v128_t first = wasm_u64x2_extmul_low_u32x4(a, all), second = wasm_u64x2_extmul_high_u32x4(a, all);
  *low = wasm_i32x4_shuffle(first, second, 0, 2, 4, 6);
  *high = wasm_i32x4_shuffle(first, second, 1, 3, 5, 7);
}

/** Four numbers of each of four blocks, by their places in the block. */
typedef struct {
  v128_t at[4];
} Blocks;

/** Blocks `block` … `block + 3` of a stream; it is one of fewer than 2³² blocks. */
INLINE Blocks philox(const Control *control, u32 key, u32 block) {
  v128_t c0 = wasm_i32x4_add(wasm_i32x4_splat((i32)block), wasm_i32x4_const(0, 1, 2, 3)), c1 = wasm_i32x4_splat(0);
  v128_t c2 = wasm_i32x4_splat((i32)control->step_low), c3 = wasm_i32x4_splat((i32)control->step_high);
  u32 k0 = control->seed, k1 = key;
  for (i32 round = 0; round < 10; round += 1, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
    v128_t low0, high0, low1, high1;
    multiply_wide(c0, 0xd2511f53u, &low0, &high0);
    multiply_wide(c2, 0xcd9e8d57u, &low1, &high1);
    c0 = wasm_v128_xor(wasm_v128_xor(high1, c1), wasm_i32x4_splat((i32)k0));
    c1 = low1;
    c2 = wasm_v128_xor(wasm_v128_xor(high0, c3), wasm_i32x4_splat((i32)k1));
    c3 = low0;
  }
  return (Blocks){{c0, c1, c2, c3}};
}

/** From places in blocks to the stream's order. */
INLINE Blocks in_order(Blocks b) {
  const v128_t low01 = wasm_i32x4_shuffle(b.at[0], b.at[1], 0, 4, 1, 5), high01 = wasm_i32x4_shuffle(b.at[0], b.at[1], 2, 6, 3, 7);
  const v128_t low23 = wasm_i32x4_shuffle(b.at[2], b.at[3], 0, 4, 1, 5), high23 = wasm_i32x4_shuffle(b.at[2], b.at[3], 2, 6, 3, 7);
  return (Blocks){{wasm_i64x2_shuffle(low01, low23, 0, 2), wasm_i64x2_shuffle(low01, low23, 1, 3),
                   wasm_i64x2_shuffle(high01, high23, 0, 2), wasm_i64x2_shuffle(high01, high23, 1, 3)}};
}

void drop(const Thread *thread, const DropArgs *a) {
  (void)thread;
  const v128_t threshold = wasm_i32x4_splat((i32)a->threshold);
  const f32x4 factor0 = all4(a->factor[0]), factor1 = all4(a->factor[1]);
  const f32x4 offset0 = all4(a->offset[0]), offset1 = all4(a->offset[1]);
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 end = least(a->count, (chunk + 1) * STRETCH);
    for (i32 i = chunk * STRETCH; i < end; i += 16) {
      const Blocks bits = in_order(philox(a->control, a->key, (u32)i / 4));
      for (i32 k = 0; k < 4 && i + 4 * k < end; k += 1) {
        const v128_t dropped = wasm_u32x4_lt(bits.at[k], threshold);
        const f32x4 factor = wasm_v128_bitselect(factor0, factor1, dropped);
        const f32x4 offset = wasm_v128_bitselect(offset0, offset1, dropped);
        put4(a->to + i + 4 * k, fma4(load4(a->from + i + 4 * k), factor, offset), end - i - 4 * k);
      }
    }
  }
}

/**
 * √(−2 ln(1 − u)) of u = bits/2³². Below ½ by ln(1 + x) with Kahan's ratio, as in functions.h, from there on by 1 − u
 * itself, which negated bits give without rounding first.
 */
INLINE f32x4 radius4(v128_t bits) {
  const f32x4 unit = all4(2.3283064365386963e-10f);
  const f32x4 u = mul4(wasm_f32x4_convert_u32x4(bits), unit);
  const v128_t small = wasm_f32x4_lt(u, all4(0.5f));
  const f32x4 rounded = sub4(all4(1), u);
  const f32x4 rest = wasm_v128_bitselect(rounded, mul4(wasm_f32x4_convert_u32x4(wasm_i32x4_neg(bits)), unit), small);
  const f32x4 logarithm = log4(rest);
  const f32x4 lost = sub4(all4(1), rounded);
  const f32x4 near = wasm_v128_bitselect(wasm_f32x4_neg(u), mul4(logarithm, wasm_f32x4_div(u, lost)),
                                         wasm_f32x4_eq(lost, zero4()));
  return wasm_f32x4_sqrt(mul4(all4(-2), wasm_v128_bitselect(near, logarithm, small)));
}

/**
 * cos and sin of 2π·bits/2³²: whole quarters are taken off by the bits themselves, what is left of up to ±π/4 by
 * polynomials. Moshier's Cephes, sinf and cosf.
 */
INLINE void turn4(v128_t bits, f32x4 *cosine, f32x4 *sine) {
  const v128_t quarters = wasm_u32x4_shr(wasm_i32x4_add(bits, wasm_i32x4_splat(1 << 29)), 30);
  const v128_t left = wasm_i32x4_sub(bits, wasm_i32x4_shl(quarters, 30));
  const f32x4 angle = mul4(wasm_f32x4_convert_i32x4(left), all4(1.4629180792671596e-9f));
  const f32x4 square = mul4(angle, angle);
  f32x4 s = all4(-1.9515295891e-4f);
  s = fma4(s, square, all4(8.3321608736e-3f));
  s = fma4(s, square, all4(-1.6666654611e-1f));
  s = fma4(mul4(s, square), angle, angle);
  f32x4 c = all4(2.443315711809948e-5f);
  c = fma4(c, square, all4(-1.388731625493765e-3f));
  c = fma4(c, square, all4(4.166664568298827e-2f));
  c = fma4(mul4(c, square), square, fma4(square, all4(-0.5f), all4(1)));
  const v128_t odd = wasm_i32x4_ne(wasm_v128_and(quarters, wasm_i32x4_splat(1)), wasm_i32x4_splat(0));
  /* Signs by quarters 0 … 3: cos + − − +, sin + + − −. */
  const v128_t below = wasm_i32x4_shl(wasm_u32x4_shr(quarters, 1), 31);
  const v128_t left_of_0 = wasm_v128_xor(below, wasm_i32x4_shl(wasm_v128_and(quarters, wasm_i32x4_splat(1)), 31));
  *cosine = wasm_v128_xor(wasm_v128_bitselect(s, c, odd), left_of_0);
  *sine = wasm_v128_xor(wasm_v128_bitselect(c, s, odd), below);
}

/** Normal numbers by twos, of a block's first and second number, third and fourth. Box & Muller 1958. */
INLINE Blocks normals(Blocks bits) {
  f32x4 cosine, sine;
  turn4(bits.at[1], &cosine, &sine);
  const f32x4 first = radius4(bits.at[0]);
  Blocks result;
  result.at[0] = mul4(first, cosine);
  result.at[1] = mul4(first, sine);
  turn4(bits.at[3], &cosine, &sine);
  const f32x4 second = radius4(bits.at[2]);
  result.at[2] = mul4(second, cosine);
  result.at[3] = mul4(second, sine);
  return in_order(result);
}

void noise(const Thread *thread, const NoiseArgs *a) {
  (void)thread;
  const f32x4 mean = all4(a->mean), deviation = all4(a->deviation);
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 end = least(a->count, (chunk + 1) * STRETCH);
    for (i32 i = chunk * STRETCH; i < end; i += 16) {
      const Blocks drawn = normals(philox(a->control, a->key, (u32)i / 4));
      for (i32 k = 0; k < 4 && i + 4 * k < end; k += 1) {
        const f32x4 x = load4(a->from + i + 4 * k), n = fma4(drawn.at[k], deviation, mean);
        put4(a->to + i + 4 * k, a->multiply ? mul4(x, n) : add4(x, n), end - i - 4 * k);
      }
    }
  }
}
