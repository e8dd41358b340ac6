/** What takes numbers of several inputs one by one, and what puts numbers elsewhere. */
#include "operations.h"

#define STRETCH 16384

/* Always inlined with a constant `kind`. */
INLINE f32x4 merged4(i32 kind, f32x4 a, f32x4 b) {
  switch (kind) {
    case PRODUCT: return mul4(a, b);
    case DIFFERENCE: return sub4(a, b);
    case MAXIMUM: return wasm_f32x4_max(a, b);
    case MINIMUM: return wasm_f32x4_min(a, b);
    default: return add4(a, b);
  }
}

INLINE f32x4 finished4(f32x4 x, float scale, i32 relu) {
  if (scale != 1) x = mul4(x, all4(scale));
  return relu ? relu4(x) : x;
}

#define EACH_KIND(DO) \
  switch (a->kind) { \
    case SUM: DO(SUM) break; \
    case PRODUCT: DO(PRODUCT) break; \
    case DIFFERENCE: DO(DIFFERENCE) break; \
    case MAXIMUM: DO(MAXIMUM) break; \
    case MINIMUM: DO(MINIMUM) break; \
  }

INLINE f32x4 merged_at(const MergeArgs *a, i32 kind, i32 inputs, i32 i) {
  f32x4 x = merged4(kind, load4(a->a + i), load4(a->b + i));
  if (inputs > 2) x = merged4(kind, x, load4(a->c + i));
  if (inputs > 3) x = merged4(kind, x, load4(a->d + i));
  return x;
}

/* Always inlined with constants but for the places. */
INLINE void merge_all(const MergeArgs *a, i32 kind, i32 inputs, float scale, i32 relu, i32 i, i32 end) {
  for (; i + 4 <= end; i += 4) store4(a->to + i, finished4(merged_at(a, kind, inputs, i), scale, relu));
  if (i < end) put4(a->to + i, finished4(merged_at(a, kind, inputs, i), scale, relu), end - i);
}

INLINE void merge_stretch(const MergeArgs *a, i32 kind, i32 i, i32 end) {
  if (a->c) return a->d ? merge_all(a, kind, 4, a->scale, a->relu, i, end) : merge_all(a, kind, 3, a->scale, a->relu, i, end);
  if (a->scale != 1) return merge_all(a, kind, 2, a->scale, a->relu, i, end);
  if (a->relu) merge_all(a, kind, 2, 1, 1, i, end);
  else merge_all(a, kind, 2, 1, 0, i, end);
}

void merge(const Thread *thread, const MergeArgs *a) {
  (void)thread;
#define STRETCH_OF(kind) merge_stretch(a, kind, i, end);
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 i = chunk * STRETCH, end = least(a->count, i + STRETCH);
    EACH_KIND(STRETCH_OF)
  }
#undef STRETCH_OF
}

/** Which of the rows of a pairing a chunk does, and which numbers of each. */
typedef struct {
  i32 groups;
  /** Rows of a group done together, and numbers of a row. */
  i32 rows;
  i32 numbers;
  i32 blocks;
  i32 pieces;
} Cut;

static Cut cut_of(const i32 *sizes) {
  const i32 rows = most(1, STRETCH / most(1, sizes[4]));
  return (Cut){sizes[0] * sizes[1] * sizes[2], rows, STRETCH, ceil_div(sizes[3], rows), ceil_div(sizes[4], STRETCH)};
}

/** A chunk's rows `first` … `last` of the fourth axis, numbers `from` … `to` of the fifth; the three axes before. */
typedef struct {
  i32 outer[3];
  i32 first;
  i32 last;
  i32 from;
  i32 to;
} Part;

static Part part_of(const Cut *cut, const i32 *sizes, i32 chunk) {
  const i32 piece = chunk % cut->pieces, block = chunk / cut->pieces % cut->blocks;
  const i32 group = chunk / cut->pieces / cut->blocks;
  return (Part){{group / (sizes[1] * sizes[2]), group / sizes[2] % sizes[1], group % sizes[2]},
                block * cut->rows, least(sizes[3], (block + 1) * cut->rows),
                piece * cut->numbers, least(sizes[4], (piece + 1) * cut->numbers)};
}

INLINE i32 offset_of(const Part *part, const i32 *strides) {
  return part->outer[0] * strides[0] + part->outer[1] * strides[1] + part->outer[2] * strides[2];
}

INLINE i32 flat_offset_of(const Part *part, const i32 *sizes) {
  return ((part->outer[0] * sizes[1] + part->outer[1]) * sizes[2] + part->outer[2]) * sizes[3] * sizes[4];
}

/** What is done to numbers at the end, without a question for each: −∞ is no floor. */
typedef struct {
  f32x4 scale;
  f32x4 floor;
} Ending;

INLINE f32x4 ended4(f32x4 x, const Ending *ending) { return at_least4(mul4(x, ending->scale), ending->floor); }

/* Always inlined with constants for which input, if any, is one number over a row. */
INLINE void merge_row(i32 kind, const float *x, i32 one_x, const float *y, i32 one_y, float *to, i32 count,
                      const Ending *ending) {
  const f32x4 first = spread(x), second = spread(y);
#define BOTH(i) ended4(merged4(kind, one_x ? first : load4(x + i), one_y ? second : load4(y + i)), ending)
  for (; count >= 16; count -= 16, x += 16, y += 16, to += 16) {
    const f32x4 z0 = BOTH(0), z1 = BOTH(4), z2 = BOTH(8), z3 = BOTH(12);
    store4(to, z0);
    store4(to + 4, z1);
    store4(to + 8, z2);
    store4(to + 12, z3);
  }
  for (; count >= 4; count -= 4, x += 4, y += 4, to += 4) store4(to, BOTH(0));
  put4(to, BOTH(0), count);
#undef BOTH
}

INLINE void merge_part(const MergeRepeatedArgs *a, i32 kind, const Part *part) {
  const Pairing *at = &a->at;
  const i32 one_a = at->a[4] == 0, one_b = at->b[4] == 0, from = part->from, count = part->to - from;
  const Ending ending = {all4(a->scale), all4(a->relu ? 0 : -__builtin_inff())};
  const float *x = a->a + offset_of(part, at->a) + part->first * at->a[3] + (one_a ? 0 : from);
  const float *y = a->b + offset_of(part, at->b) + part->first * at->b[3] + (one_b ? 0 : from);
  float *to = a->to + flat_offset_of(part, at->sizes) + part->first * at->sizes[4] + from;
  for (i32 row = part->first; row < part->last; row += 1, x += at->a[3], y += at->b[3], to += at->sizes[4]) {
    if (one_b) merge_row(kind, x, 0, y, 1, to, count, &ending);
    else if (one_a) merge_row(kind, x, 1, y, 0, to, count, &ending);
    else merge_row(kind, x, 0, y, 0, to, count, &ending);
  }
}

void merge_repeated(const Thread *thread, const MergeRepeatedArgs *a) {
  (void)thread;
  const Cut cut = cut_of(a->at.sizes);
#define PART_OF(kind) merge_part(a, kind, &part);
  FOR_CHUNKS(chunk, cut.groups * cut.blocks * cut.pieces) {
    const Part part = part_of(&cut, a->at.sizes, chunk);
    EACH_KIND(PART_OF)
  }
#undef PART_OF
}

/** What the first of two inputs has of the gradient. */
INLINE f32x4 share4(i32 kind, f32x4 gradient, f32x4 a, f32x4 b) {
  if (kind == PRODUCT) return mul4(gradient, b);
  if (kind != MAXIMUM && kind != MINIMUM) return gradient;
  const v128_t wins = kind == MAXIMUM ? wasm_f32x4_gt(a, b) : wasm_f32x4_lt(a, b);
  const f32x4 half = wasm_v128_and(mul4(gradient, all4(0.5f)), wasm_f32x4_eq(a, b));
  return wasm_v128_bitselect(gradient, half, wins);
}

/** A row of the gradient, the inputs under it and where it goes. `b` is one number over the row where `one_b`. */
typedef struct {
  const float *gradient;
  const float *a;
  const float *b;
  i32 one_b;
} Row;

INLINE f32x4 share_at(i32 kind, const Row *row, i32 i) {
  return share4(kind, load4(row->gradient + i), load4(row->a + i), row->one_b ? spread(row->b) : load4(row->b + i));
}

/* Always inlined with a constant `add`. */
INLINE void share_row(i32 kind, const Row *row, float *to, i32 count, f32x4 scale, i32 add) {
#define SHARE(i) (add ? fma4(share_at(kind, row, i), scale, load4(to + i)) : mul4(share_at(kind, row, i), scale))
  i32 i = 0;
  for (; i + 8 <= count; i += 8) {
    const f32x4 low = SHARE(i), high = SHARE(i + 4);
    store4(to + i, low);
    store4(to + i + 4, high);
  }
  for (; i < count; i += 4) put4(to + i, SHARE(i), count - i);
#undef SHARE
}

/** Σ over a row of what a number that is repeated along it has of the gradient. */
INLINE float share_of_one(i32 kind, const float *gradient, const float *a, const float *b, i32 count) {
  const f32x4 x = spread(a);
  f32x4 low = zero4(), high = zero4();
  i32 i = 0;
  for (; i + 8 <= count; i += 8) {
    low = add4(low, share4(kind, load4(gradient + i), x, load4(b + i)));
    high = add4(high, share4(kind, load4(gradient + i + 4), x, load4(b + i + 4)));
  }
  for (; i < count; i += 4) {
    const v128_t there = wasm_i32x4_gt(wasm_i32x4_splat(count - i), wasm_i32x4_const(0, 1, 2, 3));
    low = add4(low, wasm_v128_and(share4(kind, load4(gradient + i), x, load4(b + i)), there));
  }
  return sum4(add4(low, high));
}

/** Four rows on top of each other, so that the sums in memory are touched once for all. */
INLINE void add_four_rows(i32 kind, const float *gradient, const float *a, const float *b, i32 step, float *to,
                          i32 count, f32x4 scale) {
  const Row row0 = {gradient, a, b, 0}, row1 = {gradient + step, a, b + step, 0};
  const Row row2 = {gradient + 2 * step, a, b + 2 * step, 0}, row3 = {gradient + 3 * step, a, b + 3 * step, 0};
  for (i32 i = 0; i < count; i += 4) {
    const f32x4 low = add4(share_at(kind, &row0, i), share_at(kind, &row1, i));
    const f32x4 high = add4(share_at(kind, &row2, i), share_at(kind, &row3, i));
    put4(to + i, fma4(add4(low, high), scale, load4(to + i)), count - i);
  }
}

/* Always inlined with a constant `add`; sums over repeated axes are added in any case. */
INLINE void gradient_part(const MergeGradientArgs *a, i32 kind, const Part *part, i32 add) {
  const Pairing *at = &a->at;
  const i32 one_a = at->a[4] == 0, one_b = at->b[4] == 0, from = part->from, count = part->to - from;
  const i32 own = offset_of(part, at->a) + part->first * at->a[3] + (one_a ? 0 : from);
  const f32x4 scale = all4(a->scale);
  const float *gradient = a->gradient + flat_offset_of(part, at->sizes) + part->first * at->sizes[4] + from;
  const float *x = a->a + own;
  const float *y = a->b + offset_of(part, at->b) + part->first * at->b[3] + (one_b ? 0 : from);
  float *to = a->to + own;
  const i32 step = at->sizes[4];
  i32 row = part->first;
  if (add && at->a[3] == 0 && !one_a && !one_b && at->b[3] == step) {
    for (; row + 4 <= part->last; row += 4, gradient += 4 * step, y += 4 * step) {
      add_four_rows(kind, gradient, x, y, step, to, count, scale);
    }
  }
  for (; row < part->last; row += 1, gradient += step, x += at->a[3], y += at->b[3], to += at->a[3]) {
    if (one_a) {
      to[0] += a->scale * share_of_one(kind, gradient, x, y, count);
    } else if (one_b) {
      const Row each = {gradient, x, y, 1};
      share_row(kind, &each, to, count, scale, add);
    } else {
      const Row each = {gradient, x, y, 0};
      share_row(kind, &each, to, count, scale, add);
    }
  }
}

/** Numbers of an input within one index of the first axis. */
static i32 floats_of(const Pairing *at, const i32 *strides) {
  i32 count = 1;
  for (i32 axis = 1; axis < 5; axis += 1) {
    if (strides[axis] != 0) count *= at->sizes[axis];
  }
  return count;
}

/** Sums over repeated axes lie within one index of the first axis, which chunks never cut. */
void merge_gradient(const Thread *thread, const MergeGradientArgs *a) {
  (void)thread;
  const Pairing *at = &a->at;
  const i32 *sizes = at->sizes;
  const i32 own = floats_of(at, at->a);
  const i32 repeated = own != sizes[1] * sizes[2] * sizes[3] * sizes[4];
#define ADD_PART(kind) gradient_part(a, kind, &part, 1);
#define PUT_PART(kind) gradient_part(a, kind, &part, 0);
  if (repeated) {
    const i32 together = most(1, STRETCH / (sizes[1] * sizes[2] * sizes[3] * sizes[4]));
    FOR_CHUNKS(chunk, ceil_div(sizes[0], together)) {
      const i32 last = least(sizes[0], (chunk + 1) * together);
      for (i32 first = chunk * together; first < last; first += 1) {
        float *to = a->to + first * at->a[0];
        for (i32 i = 0; i < own && !a->add; i += 1) to[i] = 0;
        for (i32 group = 0; group < sizes[1] * sizes[2]; group += 1) {
          const Part part = {{first, group / sizes[2], group % sizes[2]}, 0, sizes[3], 0, sizes[4]};
          EACH_KIND(ADD_PART)
        }
      }
    }
    return;
  }
  const Cut cut = cut_of(sizes);
  FOR_CHUNKS(chunk, cut.groups * cut.blocks * cut.pieces) {
    const Part part = part_of(&cut, sizes, chunk);
    if (a->add) {
      EACH_KIND(ADD_PART)
    } else {
      EACH_KIND(PUT_PART)
    }
  }
#undef ADD_PART
#undef PUT_PART
}

void permute(const Thread *thread, const PermuteArgs *a) {
  (void)thread;
  const Cut cut = cut_of(a->sizes);
  const i32 step = a->strides[4];
  FOR_CHUNKS(chunk, cut.groups * cut.blocks * cut.pieces) {
    const Part part = part_of(&cut, a->sizes, chunk);
    for (i32 row = part.first; row < part.last; row += 1) {
      const float *from = a->from + offset_of(&part, a->strides) + row * a->strides[3];
      float *to = a->to + flat_offset_of(&part, a->sizes) + row * a->sizes[4];
      for (i32 i = part.from; i < part.to; i += 4) {
        f32x4 x;
        if (step == 1) {
          x = load4(from + i);
        } else {
          /* The last number stands in for those past the end. */
          const i32 last = part.to - 1;
          x = wasm_v128_load32_zero(from + i * step);
          x = wasm_v128_load32_lane(from + least(i + 1, last) * step, x, 1);
          x = wasm_v128_load32_lane(from + least(i + 2, last) * step, x, 2);
          x = wasm_v128_load32_lane(from + least(i + 3, last) * step, x, 3);
        }
        put4(to + i, a->add ? add4(x, load4(to + i)) : x, part.to - i);
      }
    }
  }
}

/** The row that an index names, its fraction cut off; −1 where there is none. */
INLINE i32 row_of(float index, i32 words) {
  return index > -1 && index < (float)words ? (i32)index : -1;
}

void look_up(const Thread *thread, const LookUpArgs *a) {
  (void)thread;
  const i32 n = a->columns, together = most(1, STRETCH / n);
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const i32 word = row_of(a->from[row], a->words);
      const float *from = a->table + word * n;
      float *to = a->to + row * n;
      for (i32 i = 0; i < n; i += 4) put4(to + i, word < 0 ? all4(__builtin_nanf("")) : load4(from + i), n - i);
    }
  }
}

/** Features that a chunk adds up, of all rows in their order, so that sums are the same on any number of threads. */
#define FEATURES 16

void look_up_gradient(const Thread *thread, const LookUpGradientArgs *a) {
  (void)thread;
  const i32 n = a->columns;
  FOR_CHUNKS(chunk, ceil_div(n, FEATURES)) {
    const i32 first = chunk * FEATURES, last = least(n, first + FEATURES);
    for (i32 row = 0; row < a->rows; row += 1) {
      const i32 word = row_of(a->from[row], a->words);
      if (word < 0) continue;
      const float *from = a->gradient + row * n;
      float *to = a->table + word * n;
      for (i32 i = first; i < last; i += 4) put4(to + i, add4(load4(to + i), load4(from + i)), last - i);
    }
  }
}
