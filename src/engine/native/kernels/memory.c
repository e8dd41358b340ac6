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

/** Rows in a chunk, so that it is about a stretch. */
INLINE i32 rows_a_chunk(const CopyArgs *a) { return most(1, STRETCH / most(1, a->columns)); }

void copy(const Thread *thread, const CopyArgs *a) {
  (void)thread;
  const i32 together = rows_a_chunk(a);
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *from = a->from + row * a->from_stride;
      float *to = a->to + row * a->to_stride;
      i32 i = 0;
      for (; i + 4 <= a->columns; i += 4) store4(to + i, load4(from + i));
      for (; i < a->columns; i += 1) to[i] = from[i];
    }
  }
}

void accumulate(const Thread *thread, const CopyArgs *a) {
  (void)thread;
  const i32 together = rows_a_chunk(a);
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *from = a->from + row * a->from_stride;
      float *to = a->to + row * a->to_stride;
      i32 i = 0;
      for (; i + 4 <= a->columns; i += 4) store4(to + i, add4(load4(to + i), load4(from + i)));
      for (; i < a->columns; i += 1) to[i] += from[i];
    }
  }
}
