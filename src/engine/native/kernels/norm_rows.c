/** Normalisation of rows, each by itself. A row stays in the cache between its passes. */
#include "lanes.h"
#include "operations.h"

/** Floats of a chunk of rows, and columns of a chunk of sums. */
#define STRETCH 16384
#define PANEL 256

INLINE i32 rows_together(const NormRows *r) { return most(1, STRETCH / r->size); }

static const float ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
static const float zeros[8];

/** γ and β along a row: where there is none, the same ones or zeros again and again. */
typedef struct {
  const float *gamma;
  const float *beta;
  i32 gamma_step;
  i32 beta_step;
} Factors;

INLINE Factors factors_of(const NormRows *r, i32 line) {
  const i32 from = line * r->size;
  const Factors f = {r->gamma ? r->gamma + from : ones, r->beta ? r->beta + from : zeros, r->gamma != 0, r->beta != 0};
  return f;
}
INLINE f32x4 gamma_at(const Factors *f, i32 j) { return load4(f->gamma + j * f->gamma_step); }
INLINE f32x4 beta_at(const Factors *f, i32 j) { return load4(f->beta + j * f->beta_step); }

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

INLINE f32x4 output_at(const float *x, i32 j, const Factors *f, f32x4 m, f32x4 p, f32x4 q, i32 relu) {
  const f32x4 y = fma4(normal_of(load4(x + j), m, p, q), gamma_at(f, j), beta_at(f, j));
  return relu ? relu4(y) : y;
}

INLINE void normal_row(const float *x, float *y, const float *kept, i32 size, Factors f, i32 relu) {
  const f32x4 m = spread(kept), p = spread(kept + 1), q = spread(kept + 2);
  i32 j = 0;
  for (; j + 8 <= size; j += 8) {
    const f32x4 low = output_at(x, j, &f, m, p, q, relu), high = output_at(x, j + 4, &f, m, p, q, relu);
    store4(y + j, low);
    store4(y + j + 4, high);
  }
  for (; j < size; j += 4) store_some(y + j, output_at(x, j, &f, m, p, q, relu), size - j);
}

void norm_rows(const Thread *thread, const NormRowsArgs *a) {
  (void)thread;
  const NormRows *r = &a->rows;
  const i32 together = rows_together(r), size = r->size;
  FOR_CHUNKS(chunk, ceil_div(r->rows, together)) {
    const i32 last = least(r->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *x = r->from + row * size;
      float *kept = r->kept + row * 3;
      keep_row(x, size, a->epsilon, kept);
      const Factors f = factors_of(r, row % r->period);
      if (r->relu) normal_row(x, a->to + row * size, kept, size, f, 1);
      else normal_row(x, a->to + row * size, kept, size, f, 0);
    }
  }
}

/** The gradient before a ReLU. */
INLINE f32x4 opened(f32x4 gradient, f32x4 normal, f32x4 gamma, f32x4 beta, i32 relu) {
  return relu ? wasm_v128_and(gradient, wasm_f32x4_gt(fma4(normal, gamma, beta), zero4())) : gradient;
}

/** One row's share of the sums of columns `first` to `last`; sums past the last are not to be written. */
INLINE void add_row(const float *x, const float *dy, const float *kept, i32 first, i32 last, Factors f, float *sum,
                    float *along, i32 relu) {
  const f32x4 m = spread(kept), p = spread(kept + 1), q = spread(kept + 2);
  i32 j = first;
  for (; j + 4 <= last; j += 4) {
    const f32x4 normal = normal_of(load4(x + j), m, p, q);
    const f32x4 g = opened(load4(dy + j), normal, gamma_at(&f, j), beta_at(&f, j), relu);
    store4(sum + j, add4(load4(sum + j), g));
    store4(along + j, fma4(g, normal, load4(along + j)));
  }
  if (j == last) return;
  const f32x4 normal = normal_of(load4(x + j), m, p, q);
  const f32x4 g = opened(load4(dy + j), normal, gamma_at(&f, j), beta_at(&f, j), relu);
  store_some(sum + j, add4(load4(sum + j), g), last - j);
  store_some(along + j, fma4(g, normal, load4(along + j)), last - j);
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
    const Factors f = factors_of(r, phase);
    for (i32 j = first; j < last; j += 1) sum[j] = along[j] = 0;
    /* Row by row: rows of a power of two share their sets in the cache, so that columns would drive each other out. */
    for (i32 cycle = begin; cycle < end; cycle += 1) {
      const i32 row = cycle * period + phase;
      const float *x = r->from + row * size, *dy = a->gradient + row * size, *kept = r->kept + row * 3;
      if (r->relu) add_row(x, dy, kept, first, last, f, sum, along, 1);
      else add_row(x, dy, kept, first, last, f, sum, along, 0);
    }
  }
}

INLINE void gradient_row(const float *x, const float *dy, float *dx, const float *kept, i32 size, Factors f, i32 add,
                         i32 relu) {
  const f32x4 m = spread(kept), p = spread(kept + 1), q = spread(kept + 2);
  f32x4 s0 = zero4(), s1 = zero4(), t0 = zero4(), t1 = zero4();
  i32 j = 0;
  for (; j + 8 <= size; j += 8) {
    const f32x4 n0 = normal_of(load4(x + j), m, p, q), n1 = normal_of(load4(x + j + 4), m, p, q);
    const f32x4 c0 = gamma_at(&f, j), c1 = gamma_at(&f, j + 4);
    const f32x4 g0 = mul4(c0, opened(load4(dy + j), n0, c0, beta_at(&f, j), relu));
    const f32x4 g1 = mul4(c1, opened(load4(dy + j + 4), n1, c1, beta_at(&f, j + 4), relu));
    s0 = add4(s0, g0);
    s1 = add4(s1, g1);
    t0 = fma4(g0, n0, t0);
    t1 = fma4(g1, n1, t1);
  }
  for (; j < size; j += 4) {
    const v128_t there = lanes(size - j);
    const f32x4 normal = wasm_v128_and(normal_of(load4(x + j), m, p, q), there), c = gamma_at(&f, j);
    const f32x4 g = wasm_v128_and(mul4(c, opened(load4(dy + j), normal, c, beta_at(&f, j), relu)), there);
    s0 = add4(s0, g);
    t0 = fma4(g, normal, t0);
  }
  const f32x4 mean = all4(sum4(add4(s0, s1)) / size), along = all4(sum4(add4(t0, t1)) / size);
  for (j = 0; j < size; j += 4) {
    const f32x4 normal = normal_of(load4(x + j), m, p, q), c = gamma_at(&f, j);
    const f32x4 g = mul4(c, opened(load4(dy + j), normal, c, beta_at(&f, j), relu));
    const f32x4 share = mul4(p, sub4(sub4(g, mean), mul4(normal, along)));
    store_some(dx + j, add ? add4(load4(dx + j), share) : share, size - j);
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
      const Factors f = factors_of(r, row % r->period);
      if (r->relu) gradient_row(x, dy, dx, kept, size, f, a->add, 1);
      else gradient_row(x, dy, dx, kept, size, f, a->add, 0);
    }
  }
}
