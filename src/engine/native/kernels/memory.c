/** Sums, copies and fills. */
#include "operations.h"

/** Floats in a chunk of a pass over memory. */
#define STRETCH 16384

void sum_parts(const Thread *thread, const SumPartsArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    i32 i = chunk * STRETCH;
    const i32 end = least(a->count, i + STRETCH);
    for (; i + 4 <= end; i += 4) {
      f32x4 sum = load4(a->from + i);
      for (i32 p = 1; p < a->parts; p += 1) sum = add4(sum, load4(a->from + p * a->part_stride + i));
      store4(a->to + i, sum);
    }
    for (; i < end; i += 1) {
      float sum = a->from[i];
      for (i32 p = 1; p < a->parts; p += 1) sum += a->from[p * a->part_stride + i];
      a->to[i] = sum;
    }
  }
}

void column_sums(const Thread *thread, const ColumnSumsArgs *a) {
  (void)thread;
  FOR_CHUNKS(part, a->parts) {
    const i32 first = (i32)((int64_t)a->rows * part / a->parts), last = (i32)((int64_t)a->rows * (part + 1) / a->parts);
    float *to = a->to + part * a->columns;
    i32 n = 0;
    for (; n + 8 <= a->columns; n += 8) {
      f32x4 low = zero4(), high = zero4();
      const float *from = a->from + first * a->columns + n;
      for (i32 row = first; row < last; row += 1, from += a->columns) {
        low = add4(low, load4(from));
        high = add4(high, load4(from + 4));
      }
      store4(to + n, low);
      store4(to + n + 4, high);
    }
    for (; n < a->columns; n += 1) {
      float sum = 0;
      for (i32 row = first; row < last; row += 1) sum += a->from[row * a->columns + n];
      to[n] = sum;
    }
  }
}

void fill(const Thread *thread, const FillArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    i32 i = chunk * STRETCH;
    const i32 end = least(a->count, i + STRETCH);
    for (; i + 4 <= end; i += 4) store4(a->to + i, all4(a->value));
    for (; i < end; i += 1) a->to[i] = a->value;
  }
}

/** A chunk's rows, and its numbers of each: about a stretch together. */
typedef struct {
  i32 first;
  i32 last;
  i32 from;
  i32 to;
} Block;

INLINE i32 rows_a_chunk(const CopyArgs *a) { return most(1, STRETCH / most(1, a->columns)); }
INLINE i32 pieces_of(const CopyArgs *a) { return ceil_div(a->columns, STRETCH); }
INLINE i32 blocks_of(const CopyArgs *a) { return ceil_div(a->rows, rows_a_chunk(a)) * pieces_of(a); }

INLINE Block block_of(const CopyArgs *a, i32 chunk) {
  const i32 together = rows_a_chunk(a), pieces = pieces_of(a);
  const i32 first = chunk / pieces * together, from = chunk % pieces * STRETCH;
  return (Block){first, least(a->rows, first + together), from, least(a->columns, from + STRETCH)};
}

INLINE void copy_run(const float *from, float *to, i32 count) {
  for (; count >= 16; count -= 16, from += 16, to += 16) {
    const f32x4 x0 = load4(from), x1 = load4(from + 4), x2 = load4(from + 8), x3 = load4(from + 12);
    store4(to, x0);
    store4(to + 4, x1);
    store4(to + 8, x2);
    store4(to + 12, x3);
  }
  for (; count >= 4; count -= 4, from += 4, to += 4) store4(to, load4(from));
  put4(to, load4(from), count);
}

INLINE void accumulate_run(const float *from, float *to, i32 count) {
  for (; count >= 16; count -= 16, from += 16, to += 16) {
    const f32x4 x0 = add4(load4(to), load4(from)), x1 = add4(load4(to + 4), load4(from + 4));
    const f32x4 x2 = add4(load4(to + 8), load4(from + 8)), x3 = add4(load4(to + 12), load4(from + 12));
    store4(to, x0);
    store4(to + 4, x1);
    store4(to + 8, x2);
    store4(to + 12, x3);
  }
  for (; count >= 4; count -= 4, from += 4, to += 4) store4(to, add4(load4(to), load4(from)));
  put4(to, add4(load4(to), load4(from)), count);
}

#define OVER_ROWS(run) \
  FOR_CHUNKS(chunk, blocks_of(a)) { \
    const Block block = block_of(a, chunk); \
    const float *from = a->from + block.first * a->from_stride + block.from; \
    float *to = a->to + block.first * a->to_stride + block.from; \
    for (i32 row = block.first; row < block.last; row += 1, from += a->from_stride, to += a->to_stride) { \
      run(from, to, block.to - block.from); \
    } \
  }

void copy(const Thread *thread, const CopyArgs *a) {
  (void)thread;
  OVER_ROWS(copy_run)
}

void accumulate(const Thread *thread, const CopyArgs *a) {
  (void)thread;
  OVER_ROWS(accumulate_run)
}
