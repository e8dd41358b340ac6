/** Pools, and whatever else makes pixels of those around. */
#include "operations.h"

/** Shares of `rows` × `columns` pixels, summed along rows first. */
INLINE f32x4 blended(const float *from, i32 pitch, i32 channels, const i32 *rows, const float *row_shares, i32 row_count,
                     const i32 *columns, const float *column_shares, i32 column_count) {
  f32x4 sum = zero4();
  for (i32 r = 0; r < row_count; r += 1) {
    const float *row = from + rows[r] * pitch;
    f32x4 along = zero4();
    for (i32 c = 0; c < column_count; c += 1) {
      along = fma4(load4(row + columns[c] * channels), spread(column_shares + c), along);
    }
    sum = fma4(along, spread(row_shares + r), sum);
  }
  return sum;
}

void resample(const Thread *thread, const ResampleArgs *a) {
  (void)thread;
  const i32 channels = a->channels, pitch = a->width * channels;
  const i32 line_count = a->images * a->row_count;
  FOR_CHUNKS(chunk, ceil_div(line_count, a->together)) {
    const i32 first = chunk * a->together, last = least(line_count, first + a->together);
    float *to = a->to + first * a->column_count * channels;
    const float *end = a->to + last * a->column_count * channels;
    i32 image = first / a->row_count, row = first % a->row_count;
    for (i32 line = first; line < last; line += 1) {
      const float *from = a->from + image * a->height * pitch;
      const i32 row_at = a->rows.starts[row], row_count = a->rows.starts[row + 1] - row_at;
      const i32 *rows = a->rows.lines + row_at;
      const float *row_shares = a->rows.shares + row_at;
      for (i32 column = 0; column < a->column_count; column += 1, to += channels) {
        const i32 column_at = a->columns.starts[column], column_count = a->columns.starts[column + 1] - column_at;
        const i32 *columns = a->columns.lines + column_at;
        const float *column_shares = a->columns.shares + column_at;
        if (row_count == 1 && column_count == 1) {
          const float *pixel = from + rows[0] * pitch + columns[0] * channels;
          const f32x4 share = all4(row_shares[0] * column_shares[0]);
          for (i32 c = 0; c < channels; c += 4) put(to + c, mul4(load4(pixel + c), share), channels - c, end, a->add);
        } else if (row_count == 2 && column_count == 2) {
          for (i32 c = 0; c < channels; c += 4) {
            put(to + c, blended(from + c, pitch, channels, rows, row_shares, 2, columns, column_shares, 2), channels - c,
                end, a->add);
          }
        } else {
          for (i32 c = 0; c < channels; c += 4) {
            put(to + c,
                blended(from + c, pitch, channels, rows, row_shares, row_count, columns, column_shares, column_count),
                channels - c, end, a->add);
          }
        }
      }
      if (++row == a->row_count) {
        row = 0;
        image += 1;
      }
    }
  }
}

/** The largest of some pixels and its place; not a number is larger than any, as PyTorch has it. */
INLINE f32x4 largest(const float *from, i32 width, i32 channels, const i32 *rows, i32 row_count, const i32 *columns,
                     i32 column_count, v128_t *place) {
  f32x4 best = load4(from + (rows[0] * width + columns[0]) * channels);
  v128_t at = wasm_i32x4_splat(rows[0] * width + columns[0]);
  for (i32 r = 0; r < row_count; r += 1) {
    for (i32 c = r == 0; c < column_count; c += 1) {
      const i32 here = rows[r] * width + columns[c];
      const f32x4 x = load4(from + here * channels);
      const v128_t larger = wasm_v128_or(wasm_f32x4_gt(x, best), wasm_f32x4_ne(x, x));
      best = wasm_v128_bitselect(x, best, larger);
      at = wasm_v128_bitselect(wasm_i32x4_splat(here), at, larger);
    }
  }
  *place = at;
  return best;
}

#define LARGEST(row_count, column_count) \
  for (i32 c = 0; c < channels; c += 4) { \
    v128_t place; \
    const f32x4 best = largest(from + c, a->width, channels, rows, row_count, columns, column_count, &place); \
    put(a->to + at + c, best, channels - c, end, 0); \
    if (a->places) put((float *)a->places + at + c, place, channels - c, places_end, 0); \
  }

void max_pool(const Thread *thread, const MaxPoolArgs *a) {
  (void)thread;
  const i32 channels = a->channels;
  const i32 line_count = a->images * a->row_count;
  FOR_CHUNKS(chunk, ceil_div(line_count, a->together)) {
    const i32 first = chunk * a->together, last = least(line_count, first + a->together);
    i32 at = first * a->column_count * channels;
    const float *end = a->to + last * a->column_count * channels;
    const float *places_end = (float *)a->places + last * a->column_count * channels;
    i32 image = first / a->row_count, row = first % a->row_count;
    for (i32 line = first; line < last; line += 1) {
      const float *from = a->from + image * a->height * a->width * channels;
      const i32 row_at = a->rows.starts[row], row_count = a->rows.starts[row + 1] - row_at;
      const i32 *rows = a->rows.lines + row_at;
      for (i32 column = 0; column < a->column_count; column += 1, at += channels) {
        const i32 column_at = a->columns.starts[column], column_count = a->columns.starts[column + 1] - column_at;
        const i32 *columns = a->columns.lines + column_at;
        if (row_count == 2 && column_count == 2) {
          LARGEST(2, 2)
        } else if (row_count == 3 && column_count == 3) {
          LARGEST(3, 3)
        } else {
          LARGEST(row_count, column_count)
        }
      }
      if (++row == a->row_count) {
        row = 0;
        image += 1;
      }
    }
  }
}

void max_pool_gradient(const Thread *thread, const MaxPoolGradientArgs *a) {
  (void)thread;
  const i32 channels = a->channels, pitch = a->width * channels;
  const i32 line_count = a->images * a->row_count;
  FOR_CHUNKS(chunk, ceil_div(line_count, a->together)) {
    const i32 first = chunk * a->together, last = least(line_count, first + a->together);
    float *to = a->to + first * a->column_count * channels;
    const float *end = a->to + last * a->column_count * channels;
    i32 image = first / a->row_count, row = first % a->row_count;
    for (i32 line = first; line < last; line += 1) {
      const i32 row_at = a->rows.starts[row], row_count = a->rows.starts[row + 1] - row_at;
      const i32 *rows = a->rows.lines + row_at;
      for (i32 column = 0; column < a->column_count; column += 1, to += channels) {
        const i32 column_at = a->columns.starts[column], column_count = a->columns.starts[column + 1] - column_at;
        const i32 *columns = a->columns.lines + column_at;
        const v128_t here = wasm_i32x4_splat(row * a->column_count + column);
        const i32 from = image * a->height * pitch;
        if (row_count == 1 && column_count == 1) {
          const i32 window = from + rows[0] * pitch + columns[0] * channels;
          for (i32 c = 0; c < channels; c += 4) {
            const v128_t mine = wasm_i32x4_eq(wasm_v128_load(a->places + window + c), here);
            put(to + c, wasm_v128_and(load4(a->gradient + window + c), mine), channels - c, end, a->add);
          }
          continue;
        }
        for (i32 c = 0; c < channels; c += 4) {
          f32x4 sum = zero4();
          for (i32 i = 0; i < row_count; i += 1) {
            for (i32 j = 0; j < column_count; j += 1) {
              const i32 window = from + rows[i] * pitch + columns[j] * channels + c;
              const v128_t mine = wasm_i32x4_eq(wasm_v128_load(a->places + window), here);
              sum = add4(sum, wasm_v128_and(load4(a->gradient + window), mine));
            }
          }
          put(to + c, sum, channels - c, end, a->add);
        }
      }
      if (++row == a->row_count) {
        row = 0;
        image += 1;
      }
    }
  }
}

void channel_max(const Thread *thread, const ChannelMaxArgs *a) {
  (void)thread;
  FOR_CHUNKS(image, a->images) {
    float *to = a->to + image * a->channels;
    for (i32 c = 0; c < a->channels; c += 4) {
      const float *from = a->from + image * a->places * a->channels + c;
      f32x4 best = load4(from);
      /* This maximum keeps what is not a number. */
      for (i32 place = 1; place < a->places; place += 1) best = wasm_f32x4_max(best, load4(from + place * a->channels));
      put(to + c, best, a->channels - c, to + a->channels, 0);
    }
  }
}

void channel_max_gradient(const Thread *thread, const ChannelMaxGradientArgs *a) {
  const i32 channels = a->channels;
  float *shares = thread->scratch;
  FOR_CHUNKS(image, a->images) {
    const float *from = a->from + image * a->places * channels;
    const float *largest_at = a->output + image * channels;
    for (i32 c = 0; c < channels; c += 4) {
      const f32x4 best = load4(largest_at + c);
      v128_t count = wasm_i32x4_splat(0);
      for (i32 place = 0; place < a->places; place += 1) {
        count = wasm_i32x4_sub(count, wasm_f32x4_eq(load4(from + place * channels + c), best));
      }
      store4(shares + c, wasm_f32x4_div(load4(a->gradient + image * channels + c), wasm_f32x4_convert_i32x4(count)));
    }
    float *to = a->to + image * a->places * channels;
    const float *end = to + a->places * channels;
    for (i32 place = 0; place < a->places; place += 1, to += channels, from += channels) {
      for (i32 c = 0; c < channels; c += 4) {
        const v128_t mine = wasm_f32x4_eq(load4(from + c), load4(largest_at + c));
        put(to + c, wasm_v128_and(load4(shares + c), mine), channels - c, end, a->add);
      }
    }
  }
}
