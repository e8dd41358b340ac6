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

#define OF_EACH_KIND(DO) DO(SUM) DO(PRODUCT) DO(DIFFERENCE) DO(MAXIMUM) DO(MINIMUM)

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

/** Rows of two inputs, and where they go; how far it is from one row to the next. */
typedef struct {
  const float *x;
  const float *y;
  float *to;
  i32 step_x;
  i32 step_y;
  i32 step_to;
  i32 rows;
  i32 count;
} Rows;

/* Always inlined with constants for which input, if any, is one number over a row. */
INLINE void merge_rows(const Rows *rows, i32 kind, i32 one_x, i32 one_y, const Ending *ending) {
  const i32 sixteens = rows->count / 16, fours = rows->count / 4 % 4, rest = rows->count % 4;
  const float *row_x = rows->x, *row_y = rows->y;
  float *row_to = rows->to;
  for (i32 row = 0; row < rows->rows; row += 1) {
    const float *x = row_x, *y = row_y;
    float *to = row_to;
    const f32x4 first = one_x ? spread(x) : zero4(), second = one_y ? spread(y) : zero4();
#define BOTH(i) ended4(merged4(kind, one_x ? first : load4(x + i), one_y ? second : load4(y + i)), ending)
    for (i32 k = 0; k < sixteens; k += 1, x += 16, y += 16, to += 16) {
      const f32x4 z0 = BOTH(0), z1 = BOTH(4), z2 = BOTH(8), z3 = BOTH(12);
      store4(to, z0);
      store4(to + 4, z1);
      store4(to + 8, z2);
      store4(to + 12, z3);
    }
    for (i32 k = 0; k < fours; k += 1, x += 4, y += 4, to += 4) store4(to, BOTH(0));
    if (rest > 0) put4(to, BOTH(0), rest);
#undef BOTH
    row_x += rows->step_x;
    row_y += rows->step_y;
    row_to += rows->step_to;
  }
}

/** Numbers of a row up to which what is the same in all rows stays in registers, 16 numbers at a time. */
#define NARROW 32

/** The first so many numbers of rows: x ∘ y with y the same in all of them; `swapped`: y ∘ x. */
INLINE void merge_narrow(const Rows *rows, i32 first, i32 kind, i32 swapped, const Ending *ending) {
  for (i32 i = 0; i < first; i += 16) {
    const float *x = rows->x + i, *y = rows->y + i;
    float *to = rows->to + i;
    const f32x4 y0 = load4(y), y1 = load4(y + 4), y2 = load4(y + 8), y3 = load4(y + 12);
#define BOTH(k, y) ended4(swapped ? merged4(kind, y, load4(x + k)) : merged4(kind, load4(x + k), y), ending)
    for (i32 row = 0; row < rows->rows; row += 1, x += rows->step_x, to += rows->step_to) {
      const f32x4 z0 = BOTH(0, y0), z1 = BOTH(4, y1), z2 = BOTH(8, y2), z3 = BOTH(12, y3);
      store4(to, z0);
      store4(to + 4, z1);
      store4(to + 8, z2);
      store4(to + 12, z3);
    }
#undef BOTH
  }
}

/** Rows without their first so many numbers. */
INLINE Rows without(const Rows *rows, i32 first) {
  Rows rest = *rows;
  rest.x += first;
  rest.y += first;
  rest.to += first;
  rest.count -= first;
  return rest;
}

INLINE void merge_part(const MergeRepeatedArgs *a, i32 kind, const Part *part) {
  const Pairing *at = &a->at;
  const i32 one_a = at->a[4] == 0, one_b = at->b[4] == 0, from = part->from;
  const Ending ending = {all4(a->scale), all4(a->relu ? 0 : -__builtin_inff())};
  const Rows rows = {
    a->a + offset_of(part, at->a) + part->first * at->a[3] + (one_a ? 0 : from),
    a->b + offset_of(part, at->b) + part->first * at->b[3] + (one_b ? 0 : from),
    a->to + flat_offset_of(part, at->sizes) + part->first * at->sizes[4] + from,
    at->a[3], at->b[3], at->sizes[4], part->last - part->first, part->to - from,
  };
  if (one_b) return merge_rows(&rows, kind, 0, 1, &ending);
  if (one_a) return merge_rows(&rows, kind, 1, 0, &ending);
  const i32 narrow = rows.count > NARROW ? 0 : rows.count / 16 * 16;
  if (rows.step_y == 0) {
    merge_narrow(&rows, narrow, kind, 0, &ending);
  } else if (rows.step_x == 0) {
    const Rows swapped = {rows.y, rows.x, rows.to, rows.step_y, 0, rows.step_to, rows.rows, rows.count};
    merge_narrow(&swapped, narrow, kind, 1, &ending);
  } else {
    return merge_rows(&rows, kind, 0, 0, &ending);
  }
  const Rows rest = without(&rows, narrow);
  if (rest.count > 0) merge_rows(&rest, kind, 0, 0, &ending);
}

/* Functions of their own: the compiler of the engine has fewer values to keep in registers. */
#define PART_OF(kind) \
  static OUTLINED void merge_part_##kind(const MergeRepeatedArgs *a, const Part *part) { merge_part(a, kind, part); }
OF_EACH_KIND(PART_OF)
#undef PART_OF

void merge_repeated(const Thread *thread, const MergeRepeatedArgs *a) {
  (void)thread;
  const Cut cut = cut_of(a->at.sizes);
#define PART_OF(kind) merge_part_##kind(a, &part);
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

/** Rows of a gradient, the inputs under it and where it goes. */
typedef struct {
  const float *gradient;
  i32 step;
  Rows own;
} GradientRows;

/* Always inlined with constants for whether y is one number over a row and whether shares are added. */
INLINE void share_rows(const GradientRows *rows, i32 kind, i32 one_y, i32 add, f32x4 scale) {
  const Rows *own = &rows->own;
  const i32 sixteens = own->count / 16, fours = own->count / 4 % 4, rest = own->count % 4;
  const float *row_gradient = rows->gradient, *row_x = own->x, *row_y = own->y;
  float *row_to = own->to;
  for (i32 row = 0; row < own->rows; row += 1) {
    const float *gradient = row_gradient, *x = row_x, *y = row_y;
    float *to = row_to;
    const f32x4 second = one_y ? spread(y) : zero4();
#define SHARE(i) share4(kind, load4(gradient + i), load4(x + i), one_y ? second : load4(y + i))
#define NEW(i) (add ? fma4(SHARE(i), scale, load4(to + i)) : mul4(SHARE(i), scale))
    for (i32 k = 0; k < sixteens; k += 1, gradient += 16, x += 16, y += 16, to += 16) {
      const f32x4 z0 = NEW(0), z1 = NEW(4), z2 = NEW(8), z3 = NEW(12);
      store4(to, z0);
      store4(to + 4, z1);
      store4(to + 8, z2);
      store4(to + 12, z3);
    }
    for (i32 k = 0; k < fours; k += 1, gradient += 4, x += 4, y += 4, to += 4) store4(to, NEW(0));
    if (rest > 0) put4(to, NEW(0), rest);
#undef NEW
#undef SHARE
    row_gradient += rows->step;
    row_x += own->step_x;
    row_y += own->step_y;
    row_to += own->step_to;
  }
}

/** The first so many numbers of rows, y being the same in all of them. */
INLINE void share_narrow(const GradientRows *rows, i32 first, i32 kind, i32 add, f32x4 scale) {
  const Rows *own = &rows->own;
  for (i32 i = 0; i < first; i += 16) {
    const float *gradient = rows->gradient + i, *x = own->x + i, *y = own->y + i;
    float *to = own->to + i;
    const f32x4 y0 = load4(y), y1 = load4(y + 4), y2 = load4(y + 8), y3 = load4(y + 12);
#define SHARE(k, y) share4(kind, load4(gradient + k), load4(x + k), y)
#define NEW(k, y) (add ? fma4(SHARE(k, y), scale, load4(to + k)) : mul4(SHARE(k, y), scale))
    for (i32 row = 0; row < own->rows; row += 1) {
      const f32x4 z0 = NEW(0, y0), z1 = NEW(4, y1), z2 = NEW(8, y2), z3 = NEW(12, y3);
      store4(to, z0);
      store4(to + 4, z1);
      store4(to + 8, z2);
      store4(to + 12, z3);
      gradient += rows->step;
      x += own->step_x;
      to += own->step_to;
    }
#undef NEW
#undef SHARE
  }
}

/** Of x that is one number over a row: Σ of its shares along it, added. */
INLINE void share_rows_of_one(const GradientRows *rows, i32 kind, float scale) {
  const Rows *own = &rows->own;
  const float *gradient = rows->gradient, *x = own->x, *y = own->y;
  float *to = own->to;
  for (i32 row = 0; row < own->rows; row += 1) {
    const f32x4 first = spread(x);
    f32x4 low = zero4(), high = zero4();
    i32 i = 0;
    for (; i + 8 <= own->count; i += 8) {
      low = add4(low, share4(kind, load4(gradient + i), first, load4(y + i)));
      high = add4(high, share4(kind, load4(gradient + i + 4), first, load4(y + i + 4)));
    }
    for (; i < own->count; i += 4) {
      const v128_t there = wasm_i32x4_gt(wasm_i32x4_splat(own->count - i), wasm_i32x4_const(0, 1, 2, 3));
      low = add4(low, wasm_v128_and(share4(kind, load4(gradient + i), first, load4(y + i)), there));
    }
    to[0] += scale * sum4(add4(low, high));
    gradient += rows->step;
    x += own->step_x;
    y += own->step_y;
    to += own->step_to;
  }
}

/** Rows whose shares are summed up before they are added, so that the sums in memory are touched once for all. */
#define TOGETHER 4

INLINE f32x4 shares4(i32 kind, const float *gradient, f32x4 x, const float *y, i32 step) {
  f32x4 sum = share4(kind, load4(gradient), x, load4(y));
  for (i32 k = 1; k < TOGETHER; k += 1) sum = add4(sum, share4(kind, load4(gradient + k * step), x, load4(y + k * step)));
  return sum;
}

/** Of x that is the same in all rows, y as large as the gradient: Σ of its shares over whole groups of rows, added. */
INLINE i32 share_columns(const GradientRows *rows, i32 kind, f32x4 scale) {
  const Rows *own = &rows->own;
  const i32 step = rows->step, fours = own->count / 4, rest = own->count % 4;
  i32 row = 0;
  for (; row + TOGETHER <= own->rows; row += TOGETHER) {
    const float *gradient = rows->gradient + row * step, *x = own->x, *y = own->y + row * step;
    float *to = own->to;
    for (i32 k = 0; k < fours; k += 1, gradient += 4, x += 4, y += 4, to += 4) {
      store4(to, fma4(shares4(kind, gradient, load4(x), y, step), scale, load4(to)));
    }
    if (rest > 0) put4(to, fma4(shares4(kind, gradient, load4(x), y, step), scale, load4(to)), rest);
  }
  return row;
}

/* Always inlined with a constant `add`; sums over repeated axes are added in any case. */
INLINE void gradient_part(const MergeGradientArgs *a, i32 kind, const Part *part, i32 add) {
  const Pairing *at = &a->at;
  const i32 one_a = at->a[4] == 0, one_b = at->b[4] == 0, from = part->from, step = at->sizes[4];
  const i32 own = offset_of(part, at->a) + part->first * at->a[3] + (one_a ? 0 : from);
  GradientRows rows = {
    a->gradient + flat_offset_of(part, at->sizes) + part->first * step + from,
    step,
    {a->a + own, a->b + offset_of(part, at->b) + part->first * at->b[3] + (one_b ? 0 : from), a->to + own,
     at->a[3], at->b[3], at->a[3], part->last - part->first, part->to - from},
  };
  if (add && one_a) {
    share_rows_of_one(&rows, kind, a->scale);
    return;
  }
  if (add && at->a[3] == 0 && at->b[3] == step && !one_b) {
    const i32 done = share_columns(&rows, kind, all4(a->scale));
    rows.gradient += done * step;
    rows.own.y += done * step;
    rows.own.rows -= done;
  }
  if (one_b) return share_rows(&rows, kind, 1, add, all4(a->scale));
  if (at->a[3] != 0 && at->b[3] == 0 && rows.own.count <= NARROW) {
    const i32 narrow = rows.own.count / 16 * 16;
    share_narrow(&rows, narrow, kind, add, all4(a->scale));
    rows.gradient += narrow;
    rows.own = without(&rows.own, narrow);
  }
  if (rows.own.count > 0) share_rows(&rows, kind, 0, add, all4(a->scale));
}

#define PARTS_OF(kind) \
  static OUTLINED void add_part_##kind(const MergeGradientArgs *a, const Part *part) { gradient_part(a, kind, part, 1); } \
  static OUTLINED void put_part_##kind(const MergeGradientArgs *a, const Part *part) { gradient_part(a, kind, part, 0); }
OF_EACH_KIND(PARTS_OF)
#undef PARTS_OF

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
#define ADD_PART(kind) add_part_##kind(a, &part);
#define PUT_PART(kind) put_part_##kind(a, &part);
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
