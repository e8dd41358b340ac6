/**
 * Normalisation by columns: of a batch, or of examples. Memory-bound: one pass over the numbers takes the statistics,
 * one applies them; the way back is two passes as well. A ReLU that follows is part of them: its mask is taken from x
 * by the very operations that made y, so that y is not read again.
 */
#include "lanes.h"
#include "operations.h"

/** Columns of a chunk of sums, rows of a chunk of a pass over memory (in floats), and floats that stay in the first cache. */
#define PANEL 256
#define STRETCH 16384
#define BLOCK 2048

/** Rows of a set from `first` to `last`, and the tail where it is not 0. */
typedef struct {
  i32 set;
  i32 first;
  i32 last;
  i32 tail;
} Slice;

INLINE i32 size_of(const Columns *c) { return c->rows * c->width + c->tail; }
INLINE i32 part_start(const Columns *c, i32 part) { return (i32)((int64_t)c->rows * part / c->parts); }

INLINE Slice part_of(const Columns *c, i32 set, i32 part) {
  const Slice slice = {set, part_start(c, part), part_start(c, part + 1), part == c->parts - 1 ? c->tail : 0};
  return slice;
}

/** How many numbers a column of a part has. */
INLINE i32 count_of(const Columns *c, i32 part, i32 column) {
  return part_start(c, part + 1) - part_start(c, part) + (part == c->parts - 1 && column < c->tail);
}

/** Of a pass over memory, a chunk each. */
INLINE i32 rows_a_stretch(const Columns *c) { return most(1, STRETCH / c->width); }
INLINE i32 stretches(const Columns *c) { return most(1, ceil_div(c->rows, rows_a_stretch(c))); }
INLINE Slice stretch_of(const Columns *c, i32 chunk) {
  const i32 count = stretches(c), each = rows_a_stretch(c);
  const i32 at = chunk % count;
  const Slice slice = {chunk / count, at * each, least(c->rows, (at + 1) * each), at == count - 1 ? c->tail : 0};
  return slice;
}

/**
 * Means of a sixteenth of a part's rows. Sums of squares about it lose at most a factor of 16 of their precision by
 * cancellation, however far the numbers are from 0: (s − μ)² ≤ 15·σ² of the part.
 */
static void near_means(const float *from, i32 rows, i32 width, i32 first, i32 last, float *to) {
  const i32 count = ceil_div(rows, 16);
  const f32x4 share = all4(1.0f / count);
  for (i32 j = first; j < last; j += 8) {
    f32x4 low = zero4(), high = zero4();
    const float *x = from + j;
    for (i32 row = 0; row < count; row += 1, x += width) {
      low = add4(low, load4(x));
      high = add4(high, load4(x + 4));
    }
    store4(to + j, mul4(low, share));
    store4(to + j + 4, mul4(high, share));
  }
}

void column_moments(const Thread *thread, const ColumnMomentsArgs *a) {
  (void)thread;
  const Columns *c = &a->columns;
  const i32 width = c->width, panels = ceil_div(width, PANEL);
  FOR_CHUNKS(chunk, c->sets * c->parts * panels) {
    const i32 first = chunk % panels * PANEL, last = least(width, first + PANEL);
    const i32 part = chunk / panels % c->parts;
    const Slice s = part_of(c, chunk / panels / c->parts, part);
    const float *set = a->from + s.set * size_of(c), *tail = set + c->rows * width;
    float *shift = a->to + (s.set * c->parts + part) * 3 * width, *sum = shift + width, *square = sum + width;
    if (s.last > s.first) near_means(set + s.first * width, s.last - s.first, width, first, last, shift);
    else {
      for (i32 j = first; j < last; j += 4) store4(shift + j, j < s.tail ? load_some(tail + j, s.tail - j) : zero4());
    }
    for (i32 j = first; j < last; j += 4) {
      /* The tail is a row of some columns. */
      const f32x4 d = j < s.tail ? wasm_v128_and(sub4(load4(tail + j), load4(shift + j)), lanes(s.tail - j)) : zero4();
      store4(sum + j, d);
      store4(square + j, mul4(d, d));
    }
    const i32 together = most(16, BLOCK / (last - first));
    for (i32 row = s.first; row < s.last; row += together) {
      const i32 rows = least(together, s.last - row);
      for (i32 j = first; j < last; j += 8) {
        const f32x4 m0 = load4(shift + j), m1 = load4(shift + j + 4);
        f32x4 s0 = zero4(), s1 = zero4(), t0 = zero4(), t1 = zero4();
        f32x4 q0 = zero4(), q1 = zero4(), r0 = zero4(), r1 = zero4();
        const float *x = set + row * width + j;
        i32 i = rows;
        for (; i >= 2; i -= 2, x += 2 * width) {
          const f32x4 d0 = sub4(load4(x), m0), d1 = sub4(load4(x + 4), m1);
          const f32x4 e0 = sub4(load4(x + width), m0), e1 = sub4(load4(x + width + 4), m1);
          s0 = add4(s0, d0);
          s1 = add4(s1, d1);
          t0 = add4(t0, e0);
          t1 = add4(t1, e1);
          q0 = fma4(d0, d0, q0);
          q1 = fma4(d1, d1, q1);
          r0 = fma4(e0, e0, r0);
          r1 = fma4(e1, e1, r1);
        }
        if (i > 0) {
          const f32x4 d0 = sub4(load4(x), m0), d1 = sub4(load4(x + 4), m1);
          s0 = add4(s0, d0);
          s1 = add4(s1, d1);
          q0 = fma4(d0, d0, q0);
          q1 = fma4(d1, d1, q1);
        }
        store4(sum + j, add4(load4(sum + j), add4(s0, t0)));
        store4(sum + j + 4, add4(load4(sum + j + 4), add4(s1, t1)));
        store4(square + j, add4(load4(square + j), add4(q0, r0)));
        store4(square + j + 4, add4(load4(square + j + 4), add4(q1, r1)));
      }
    }
  }
}

typedef struct {
  double mean;
  double variance;
} Statistics;

/** Of one group: the biased variance, by sums about the mean that follow from those about s. */
static Statistics statistics_of(const Columns *c, const float *moments, i32 group) {
  const i32 first = group * c->group, last = first + c->group;
  double total = 0, count = 0;
  for (i32 part = 0; part < c->parts; part += 1) {
    const float *shift = moments + part * 3 * c->width, *sum = shift + c->width;
    for (i32 from = 0; from < c->width; from += c->channels) {
      for (i32 j = from + first; j < from + last; j += 1) {
        const i32 n = count_of(c, part, j);
        total += (double)n * shift[j] + sum[j];
        count += n;
      }
    }
  }
  const double mean = total / count;
  double squares = 0;
  for (i32 part = 0; part < c->parts; part += 1) {
    const float *shift = moments + part * 3 * c->width, *sum = shift + c->width, *square = sum + c->width;
    for (i32 from = 0; from < c->width; from += c->channels) {
      for (i32 j = from + first; j < from + last; j += 1) {
        const double away = shift[j] - mean;
        squares += square[j] + away * (2.0 * sum[j] + count_of(c, part, j) * away);
      }
    }
  }
  const double variance = squares / count;
  /* By rounding it may fall below 0; not a number is not below. */
  const Statistics statistics = {mean, variance < 0 ? 0 : variance};
  return statistics;
}

/** Groups of a chunk: some 64 channels. */
INLINE i32 groups_together(const Columns *c) { return most(1, 64 / c->group); }

void norm_line(const Thread *thread, const NormLineArgs *a) {
  (void)thread;
  const Columns *c = &a->columns;
  const i32 width = c->width, groups = c->channels / c->group, together = groups_together(c);
  const i32 bundles = ceil_div(groups, together);
  FOR_CHUNKS(chunk, c->sets * bundles) {
    const i32 set = chunk / bundles, first = chunk % bundles * together, last = least(groups, first + together);
    float *mean_at = a->line + set * 3 * width, *scale_at = mean_at + width, *offset_at = scale_at + width;
    float *kept = a->kept + set * 2 * groups;
    for (i32 g = first; g < last; g += 1) {
      Statistics s;
      if (a->moments) s = statistics_of(c, a->moments + set * c->parts * 3 * width, g);
      else s = (Statistics){a->running_mean[g], a->running_variance[g]};
      if (a->moved_mean) {
        a->moved_mean[g] = a->running_mean[g] * a->keep + (float)s.mean * a->fresh;
        a->moved_variance[g] = a->running_variance[g] * a->keep + (float)s.variance * a->fresh;
      }
      const double inverse = 1 / __builtin_sqrt(s.variance + a->epsilon);
      const float mean = (float)s.mean;
      const double rest = s.mean - mean;
      kept[g] = (float)rest;
      kept[groups + g] = (float)inverse;
      for (i32 channel = g * c->group; channel < (g + 1) * c->group; channel += 1) {
        const double scale = a->gamma ? a->gamma[channel] * inverse : inverse;
        const double offset = (a->beta ? a->beta[channel] : 0) - rest * scale;
        for (i32 j = channel; j < width; j += c->channels) {
          mean_at[j] = mean;
          scale_at[j] = (float)scale;
          offset_at[j] = (float)offset;
        }
      }
    }
  }
}

/** y before a ReLU: one function, so that the way back finds the same bits. */
INLINE f32x4 on_line(f32x4 centred, f32x4 scale, f32x4 offset) { return fma4(centred, scale, offset); }

INLINE void norm_slice(const NormArgs *a, const Slice *s, i32 relu) {
  const Columns *c = &a->columns;
  const i32 width = c->width, together = most(1, BLOCK / width);
  const float *mean = a->line + s->set * 3 * width, *scale = mean + width, *offset = scale + width;
  const float *from = a->from + s->set * size_of(c);
  float *to = a->to + s->set * size_of(c);
  for (i32 row = s->first; row < s->last; row += together) {
    const i32 rows = least(together, s->last - row);
    for (i32 j = 0; j < width; j += 8) {
      const f32x4 m0 = load4(mean + j), m1 = load4(mean + j + 4), a0 = load4(scale + j), a1 = load4(scale + j + 4);
      const f32x4 b0 = load4(offset + j), b1 = load4(offset + j + 4);
      const float *x = from + row * width + j;
      float *y = to + row * width + j;
      for (i32 i = rows; i > 0; i -= 1, x += width, y += width) {
        const f32x4 y0 = on_line(sub4(load4(x), m0), a0, b0), y1 = on_line(sub4(load4(x + 4), m1), a1, b1);
        store4(y, relu ? relu4(y0) : y0);
        store4(y + 4, relu ? relu4(y1) : y1);
      }
    }
  }
  const i32 past = c->rows * width;
  for (i32 j = 0; j < s->tail; j += 4) {
    const f32x4 y = on_line(sub4(load4(from + past + j), load4(mean + j)), load4(scale + j), load4(offset + j));
    store_some(to + past + j, relu ? relu4(y) : y, s->tail - j);
  }
}

void norm(const Thread *thread, const NormArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, a->columns.sets * stretches(&a->columns)) {
    const Slice slice = stretch_of(&a->columns, chunk);
    if (a->relu) norm_slice(a, &slice, 1);
    else norm_slice(a, &slice, 0);
  }
}

/** The gradient before a ReLU: 0 where y is not above 0. */
INLINE f32x4 opened(f32x4 gradient, f32x4 centred, f32x4 scale, f32x4 offset, i32 relu) {
  return relu ? wasm_v128_and(gradient, wasm_f32x4_gt(on_line(centred, scale, offset), zero4())) : gradient;
}

INLINE void sums_of(const NormSumsArgs *a, const Slice *s, i32 first, i32 last, float *sum, i32 relu) {
  const Columns *c = &a->columns;
  const i32 width = c->width, together = most(16, BLOCK / (last - first));
  const float *mean = a->line + s->set * 3 * width, *scale = mean + width, *offset = scale + width;
  const float *from = a->from + s->set * size_of(c), *gradient = a->gradient + s->set * size_of(c);
  float *along = sum + width;
  const i32 past = c->rows * width;
  for (i32 j = first; j < last; j += 4) {
    f32x4 g = zero4(), d = zero4();
    if (j < s->tail) {
      const v128_t there = lanes(s->tail - j);
      d = wasm_v128_and(sub4(load4(from + past + j), load4(mean + j)), there);
      g = wasm_v128_and(load4(gradient + past + j), there);
      g = opened(g, d, load4(scale + j), load4(offset + j), relu);
    }
    store4(sum + j, g);
    store4(along + j, mul4(g, d));
  }
  for (i32 row = s->first; row < s->last; row += together) {
    const i32 rows = least(together, s->last - row);
    for (i32 j = first; j < last; j += 8) {
      const f32x4 m0 = load4(mean + j), m1 = load4(mean + j + 4), a0 = load4(scale + j), a1 = load4(scale + j + 4);
      const f32x4 b0 = load4(offset + j), b1 = load4(offset + j + 4);
      f32x4 s0 = zero4(), s1 = zero4(), t0 = zero4(), t1 = zero4();
      const float *x = from + row * width + j, *dy = gradient + row * width + j;
      for (i32 i = rows; i > 0; i -= 1, x += width, dy += width) {
        const f32x4 d0 = sub4(load4(x), m0), d1 = sub4(load4(x + 4), m1);
        const f32x4 g0 = opened(load4(dy), d0, a0, b0, relu), g1 = opened(load4(dy + 4), d1, a1, b1, relu);
        s0 = add4(s0, g0);
        s1 = add4(s1, g1);
        t0 = fma4(g0, d0, t0);
        t1 = fma4(g1, d1, t1);
      }
      store4(sum + j, add4(load4(sum + j), s0));
      store4(sum + j + 4, add4(load4(sum + j + 4), s1));
      store4(along + j, add4(load4(along + j), t0));
      store4(along + j + 4, add4(load4(along + j + 4), t1));
    }
  }
}

void norm_sums(const Thread *thread, const NormSumsArgs *a) {
  (void)thread;
  const Columns *c = &a->columns;
  const i32 panels = ceil_div(c->width, PANEL);
  FOR_CHUNKS(chunk, c->sets * c->parts * panels) {
    const i32 first = chunk % panels * PANEL, last = least(c->width, first + PANEL);
    const i32 part = chunk / panels % c->parts;
    const Slice slice = part_of(c, chunk / panels / c->parts, part);
    float *to = a->to + (slice.set * c->parts + part) * 2 * c->width;
    if (a->relu) sums_of(a, &slice, first, last, to, 1);
    else sums_of(a, &slice, first, last, to, 0);
  }
}

void norm_back(const Thread *thread, const NormBackArgs *a) {
  (void)thread;
  const Columns *c = &a->columns;
  const i32 width = c->width, groups = c->channels / c->group, together = groups_together(c);
  const double positions = (double)size_of(c) / groups;
  FOR_CHUNKS(chunk, ceil_div(groups, together)) {
    const i32 last = least(groups, (chunk + 1) * together);
    for (i32 g = chunk * together; g < last; g += 1) {
      for (i32 set = 0; set < c->sets; set += 1) {
        const float *sums = a->sums + set * c->parts * 2 * width, *kept = a->kept + set * 2 * groups;
        const double rest = kept[g], inverse = kept[groups + g];
        /* Means over the group of γ·dy and γ·dy·(x − μ). */
        double mean = 0, along = 0;
        for (i32 channel = g * c->group; channel < (g + 1) * c->group; channel += 1) {
          double plain = 0, times = 0;
          for (i32 part = 0; part < c->parts; part += 1) {
            const float *from = sums + part * 2 * width;
            for (i32 j = channel; j < width; j += c->channels) {
              plain += from[j];
              times += from[width + j];
            }
          }
          times -= rest * plain;
          const double factor = a->gamma ? a->gamma[channel] : 1;
          mean += factor * plain / positions;
          along += factor * times / positions;
          if (a->beta_gradient) a->beta_gradient[channel] = (set ? a->beta_gradient[channel] : 0) + (float)plain;
          if (a->gamma_gradient) {
            a->gamma_gradient[channel] = (set ? a->gamma_gradient[channel] : 0) + (float)(inverse * times);
          }
        }
        if (!a->back) continue;
        const double slope = inverse * inverse * inverse * along, offset = inverse * mean - rest * slope;
        float *slope_at = a->back + set * 2 * width, *offset_at = slope_at + width;
        for (i32 from = 0; from < width; from += c->channels) {
          for (i32 j = from + g * c->group; j < from + (g + 1) * c->group; j += 1) {
            slope_at[j] = (float)slope;
            offset_at[j] = (float)offset;
          }
        }
      }
    }
  }
}

/** a·dy − ((x − m)·A + B). */
INLINE f32x4 descent(f32x4 gradient, f32x4 centred, f32x4 scale, f32x4 slope, f32x4 offset) {
  return sub4(mul4(scale, gradient), fma4(centred, slope, offset));
}

INLINE void gradient_slice(const NormGradientArgs *a, const Slice *s, i32 back, i32 add, i32 relu) {
  const Columns *c = &a->columns;
  const i32 width = c->width, together = most(1, BLOCK / width);
  const float *mean = a->line + s->set * 3 * width, *scale = mean + width, *offset = scale + width;
  const float *slope = back ? a->back + s->set * 2 * width : offset, *lift = back ? slope + width : offset;
  const float *from = a->from + s->set * size_of(c), *gradient = a->gradient + s->set * size_of(c);
  float *to = a->to + s->set * size_of(c);
  for (i32 row = s->first; row < s->last; row += together) {
    const i32 rows = least(together, s->last - row);
    for (i32 j = 0; j < width; j += 4) {
      const f32x4 m = load4(mean + j), a0 = load4(scale + j), b = load4(offset + j);
      const f32x4 slope0 = load4(slope + j), lift0 = load4(lift + j);
      const float *x = from + row * width + j, *dy = gradient + row * width + j;
      float *dx = to + row * width + j;
      for (i32 i = rows; i > 0; i -= 1, x += width, dy += width, dx += width) {
        const f32x4 d = back || relu ? sub4(load4(x), m) : zero4();
        const f32x4 g = opened(load4(dy), d, a0, b, relu);
        const f32x4 share = back ? descent(g, d, a0, slope0, lift0) : mul4(a0, g);
        store4(dx, add ? add4(load4(dx), share) : share);
      }
    }
  }
  const i32 past = c->rows * width;
  for (i32 j = 0; j < s->tail; j += 4) {
    const f32x4 d = sub4(load4(from + past + j), load4(mean + j)), a0 = load4(scale + j);
    const f32x4 g = opened(load4(gradient + past + j), d, a0, load4(offset + j), relu);
    const f32x4 share = back ? descent(g, d, a0, load4(slope + j), load4(lift + j)) : mul4(a0, g);
    store_some(to + past + j, add ? add4(load4(to + past + j), share) : share, s->tail - j);
  }
}

void norm_gradient(const Thread *thread, const NormGradientArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, a->columns.sets * stretches(&a->columns)) {
    const Slice s = stretch_of(&a->columns, chunk);
    if (!a->back) {
      if (a->relu) gradient_slice(a, &s, 0, a->add, 1);
      else gradient_slice(a, &s, 0, a->add, 0);
    } else if (a->add) {
      if (a->relu) gradient_slice(a, &s, 1, 1, 1);
      else gradient_slice(a, &s, 1, 1, 0);
    } else if (a->relu) gradient_slice(a, &s, 1, 0, 1);
    else gradient_slice(a, &s, 1, 0, 0);
  }
}
