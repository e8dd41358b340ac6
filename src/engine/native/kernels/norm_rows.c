/** Normalisation of rows, each by itself. A row stays in the cache between its passes. */
#include "lanes.h"
#include "operations.h"

/** Floats of a chunk of rows, and columns of a chunk of sums. */
#define STRETCH 16384
#define PANEL 256

INLINE i32 rows_together(const NormRows *r) { return most(1, STRETCH / r->size); }

/** γ, or β, of four columns. */
INLINE f32x4 factor_at(const float *at, i32 j, float otherwise) { return at ? load4(at + j) : all4(otherwise); }

INLINE f32x4 normal_of(f32x4 x, f32x4 m, f32x4 p, f32x4 q) { return fma4(sub4(x, m), p, q); }

/** m, p and q of a row. The mean as rounding lets it be found, then the sums about it, which mend it. */
static void keep_row(const float *x, i32 size, double epsilon, float *kept) {
  f32x4 s0 = zero4(), s1 = zero4(), s2 = zero4(), s3 = zero4();
  i32 j = 0;
  for (; j + 16 <= size; j += 16) {
    s0 = add4(s0, load4(x + j));
    s1 = add4(s1, load4(x + j + 4));
    s2 = add4(s2, load4(x + j + 8));
    s3 = add4(s3, load4(x + j + 12));
  }
  for (; j < size; j += 4) s0 = add4(s0, load_some(x + j, size - j));
  const float mean = sum4(add4(add4(s0, s1), add4(s2, s3))) / size;
  const f32x4 m = all4(mean);
  f32x4 q0 = zero4(), q1 = zero4();
  s0 = zero4();
  s1 = zero4();
  for (j = 0; j + 8 <= size; j += 8) {
    const f32x4 d0 = sub4(load4(x + j), m), d1 = sub4(load4(x + j + 4), m);
    s0 = add4(s0, d0);
    s1 = add4(s1, d1);
    q0 = fma4(d0, d0, q0);
    q1 = fma4(d1, d1, q1);
  }
  for (; j < size; j += 4) {
    const f32x4 d = wasm_v128_and(sub4(load4(x + j), m), lanes(size - j));
    s0 = add4(s0, d);
    q0 = fma4(d, d, q0);
  }
  const double rest = (double)sum4(add4(s0, s1)) / size;
  const double variance = (double)sum4(add4(q0, q1)) / size - rest * rest;
  const double inverse = 1 / __builtin_sqrt((variance < 0 ? 0 : variance) + epsilon);
  kept[0] = mean;
  kept[1] = (float)inverse;
  kept[2] = (float)(-rest * inverse);
}

void norm_rows(const Thread *thread, const NormRowsArgs *a) {
  (void)thread;
  const NormRows *r = &a->rows;
  const i32 together = rows_together(r), size = r->size;
  FOR_CHUNKS(chunk, ceil_div(r->rows, together)) {
    const i32 last = least(r->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *x = r->from + row * size;
      float *y = a->to + row * size, *kept = r->kept + row * 3;
      keep_row(x, size, a->epsilon, kept);
      const i32 line = row % r->period * size;
      const float *gamma = r->gamma ? r->gamma + line : 0, *beta = r->beta ? r->beta + line : 0;
      const f32x4 m = spread(kept), p = spread(kept + 1), q = spread(kept + 2);
      for (i32 j = 0; j < size; j += 4) {
        f32x4 value = normal_of(load4(x + j), m, p, q);
        value = fma4(value, factor_at(gamma, j, 1), factor_at(beta, j, 0));
        store_some(y + j, r->relu ? relu4(value) : value, size - j);
      }
    }
  }
}

/** The gradient before a ReLU. */
INLINE f32x4 opened(const NormRows *r, f32x4 gradient, f32x4 normal, f32x4 gamma, f32x4 beta) {
  return r->relu ? wasm_v128_and(gradient, wasm_f32x4_gt(fma4(normal, gamma, beta), zero4())) : gradient;
}

void norm_rows_sums(const Thread *thread, const NormRowsSumsArgs *a) {
  (void)thread;
  const NormRows *r = &a->rows;
  const i32 size = r->size, period = r->period, panels = ceil_div(size, PANEL);
  const i32 cycles = r->rows / period;
  FOR_CHUNKS(chunk, a->parts * period * panels) {
    const i32 first = chunk % panels * PANEL, last = least(size, first + PANEL);
    const i32 phase = chunk / panels % period, part = chunk / panels / period;
    const i32 begin = (i32)((int64_t)cycles * part / a->parts), end = (i32)((int64_t)cycles * (part + 1) / a->parts);
    float *sum = a->to + part * 2 * period * size + phase * size, *along = sum + period * size;
    const float *gamma = r->gamma ? r->gamma + phase * size : 0, *beta = r->beta ? r->beta + phase * size : 0;
    for (i32 j = first; j < last; j += 8) {
      const f32x4 c0 = factor_at(gamma, j, 1), c1 = factor_at(gamma, j + 4, 1);
      const f32x4 b0 = factor_at(beta, j, 0), b1 = factor_at(beta, j + 4, 0);
      f32x4 s0 = zero4(), s1 = zero4(), t0 = zero4(), t1 = zero4();
      for (i32 cycle = begin; cycle < end; cycle += 1) {
        const i32 row = cycle * period + phase;
        const float *x = r->from + row * size + j, *dy = a->gradient + row * size + j, *kept = r->kept + row * 3;
        const f32x4 m = spread(kept), p = spread(kept + 1), q = spread(kept + 2);
        const f32x4 n0 = normal_of(load4(x), m, p, q), n1 = normal_of(load4(x + 4), m, p, q);
        const f32x4 g0 = opened(r, load4(dy), n0, c0, b0), g1 = opened(r, load4(dy + 4), n1, c1, b1);
        s0 = add4(s0, g0);
        s1 = add4(s1, g1);
        t0 = fma4(g0, n0, t0);
        t1 = fma4(g1, n1, t1);
      }
      store_some(sum + j, s0, last - j);
      store_some(along + j, t0, last - j);
      store_some(sum + j + 4, s1, last - j - 4);
      store_some(along + j + 4, t1, last - j - 4);
    }
  }
}

void norm_rows_gradient(const Thread *thread, const NormRowsGradientArgs *a) {
  (void)thread;
  const NormRows *r = &a->rows;
  const i32 together = rows_together(r), size = r->size;
  FOR_CHUNKS(chunk, ceil_div(r->rows, together)) {
    const i32 last = least(r->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *x = r->from + row * size, *dy = a->gradient + row * size, *kept = r->kept + row * 3;
      float *dx = a->to + row * size;
      const i32 line = row % r->period * size;
      const float *gamma = r->gamma ? r->gamma + line : 0, *beta = r->beta ? r->beta + line : 0;
      const f32x4 m = spread(kept), p = spread(kept + 1), q = spread(kept + 2);
      f32x4 s = zero4(), t = zero4();
      for (i32 j = 0; j < size; j += 4) {
        const v128_t there = lanes(size - j);
        const f32x4 normal = wasm_v128_and(normal_of(load4(x + j), m, p, q), there), c = factor_at(gamma, j, 1);
        const f32x4 g = opened(r, wasm_v128_and(load4(dy + j), there), normal, c, factor_at(beta, j, 0));
        const f32x4 pulled = wasm_v128_and(mul4(c, g), there);
        s = add4(s, pulled);
        t = fma4(pulled, normal, t);
      }
      const f32x4 mean = all4(sum4(s) / size), along = all4(sum4(t) / size);
      for (i32 j = 0; j < size; j += 4) {
        const f32x4 normal = normal_of(load4(x + j), m, p, q), c = factor_at(gamma, j, 1);
        const f32x4 g = opened(r, load4(dy + j), normal, c, factor_at(beta, j, 0));
        const f32x4 share = mul4(p, sub4(sub4(mul4(c, g), mean), mul4(normal, along)));
        store_some(dx + j, a->add ? add4(load4(dx + j), share) : share, size - j);
      }
    }
  }
}
