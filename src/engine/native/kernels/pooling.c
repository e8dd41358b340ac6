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

/** to = share·from (+ to), `count` numbers. */
static OUTLINED void scaled(const float *from, float *to, i32 count, float share, i32 add) {
  const f32x4 all = all4(share);
  i32 i = 0;
  if (add) {
    for (; i + 4 <= count; i += 4) store4(to + i, fma4(load4(from + i), all, load4(to + i)));
    for (; i < count; i += 1) to[i] += share * from[i];
    return;
  }
  for (; i + 8 <= count; i += 8) {
    store4(to + i, mul4(load4(from + i), all));
    store4(to + i + 4, mul4(load4(from + i + 4), all));
  }
  for (; i < count; i += 1) to[i] = share * from[i];
}

static void zero(float *to, i32 count) {
  i32 i = 0;
  for (; i + 4 <= count; i += 4) store4(to + i, zero4());
  for (; i < count; i += 1) to[i] = 0;
}

/** Pixels from `column` on that are each one pixel of the source, side by side there too, with one share. */
static i32 run_from(const ResampleArgs *a, i32 column) {
  const i32 *starts = a->columns.starts;
  i32 next = column + 1;
  while (next < a->column_count && starts[next + 1] - starts[next] == 1 &&
         a->columns.lines[starts[next]] == a->columns.lines[starts[next] - 1] + 1 &&
         a->columns.shares[starts[next]] == a->columns.shares[starts[next] - 1]) {
    next += 1;
  }
  return next - column;
}

#define BLENDED(row_count, column_count) \
  for (i32 c = 0; c < channels; c += 4) { \
    put(to + c, blended(from + c, pitch, channels, rows, row_shares, row_count, columns, column_shares, column_count), \
        channels - c, end, a->add); \
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
      i32 run = 1;
      for (i32 column = 0; column < a->column_count; column += run, to += run * channels) {
        const i32 column_at = a->columns.starts[column], column_count = a->columns.starts[column + 1] - column_at;
        const i32 *columns = a->columns.lines + column_at;
        const float *column_shares = a->columns.shares + column_at;
        run = 1;
        if (row_count == 0 || column_count == 0) {
          if (row_count == 0) run = a->column_count - column;
          if (!a->add) zero(to, run * channels);
        } else if (row_count == 1 && column_count == 1) {
          run = run_from(a, column);
          scaled(from + rows[0] * pitch + columns[0] * channels, to, run * channels, row_shares[0] * column_shares[0],
                 a->add);
        } else if (row_count == 2 && column_count == 2) {
          BLENDED(2, 2)
        } else if (row_count == 3 && column_count == 3) {
          BLENDED(3, 3)
        } else {
          BLENDED(row_count, column_count)
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
  { \
    i32 c = 0; \
    v128_t place; \
    for (; c + 4 <= channels; c += 4) { \
      store4(a->to + at + c, largest(from + c, a->width, channels, rows, row_count, columns, column_count, &place)); \
      if (a->places) wasm_v128_store(a->places + at + c, place); \
    } \
    if (c < channels) { \
      const f32x4 best = largest(from + c, a->width, channels, rows, row_count, columns, column_count, &place); \
      put(a->to + at + c, best, channels - c, end, 0); \
      if (a->places) put((float *)a->places + at + c, place, channels - c, places_end, 0); \
    } \
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
  const i32 channels = a->channels;
  FOR_CHUNKS(image, a->images) {
    float *to = a->to + image * a->pixels * channels;
    if (!a->add) zero(to, a->pixels * channels);
    const float *gradient = a->gradient + image * a->windows * channels;
    const i32 *places = a->places + image * a->windows * channels;
    for (i32 window = 0; window < a->windows; window += 1, gradient += channels, places += channels) {
      for (i32 c = 0; c < channels; c += 1) to[places[c] * channels + c] += gradient[c];
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

#define STRETCH 16384

void numbers(const Thread *thread, const NumbersArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 end = least(a->count, (chunk + 1) * STRETCH);
    for (i32 i = chunk * STRETCH; i < end; i += 1) a->to[i] = (float)a->from[i];
  }
}

INLINE i32 is_in(const PoolAxis *axis, i32 window, i32 line) {
  const i32 tap = line - (window * axis->stride - axis->before);
  return tap >= 0 && tap < axis->kernel;
}

/** A place as a whole number, −1 where it does not lie in its window. */
INLINE i32 place_in(const PoolAxis *rows, const PoolAxis *columns, i32 row, i32 column, float place) {
  /* Written so that not a number is none; the quotient is exact enough, as places are below 2²⁴. */
  if (!(place >= 0 && place < (float)(rows->size * columns->size))) return -1;
  const i32 whole = (i32)place, y = (i32)(place / (float)columns->size);
  const i32 is_own = (float)whole == place && is_in(rows, row, y) && is_in(columns, column, whole - y * columns->size);
  return is_own ? whole : -1;
}

void unpool(const Thread *thread, const UnpoolArgs *a) {
  (void)thread;
  const i32 channels = a->channels, pixels = a->rows.size * a->columns.size;
  FOR_CHUNKS(image, a->images) {
    float *to = a->to + image * pixels * channels;
    zero(to, pixels * channels);
    i32 at = image * a->rows.windows * a->columns.windows * channels;
    for (i32 row = 0; row < a->rows.windows; row += 1) {
      for (i32 column = 0; column < a->columns.windows; column += 1) {
        for (i32 c = 0; c < channels; c += 1, at += 1) {
          const i32 place = place_in(&a->rows, &a->columns, row, column, a->places[at]);
          if (place >= 0) to[place * channels + c] = a->from[at];
        }
      }
    }
  }
}

void unpool_gradient(const Thread *thread, const UnpoolGradientArgs *a) {
  (void)thread;
  const i32 channels = a->channels, pixels = a->rows.size * a->columns.size;
  FOR_CHUNKS(image, a->images) {
    const float *gradient = a->gradient + image * pixels * channels;
    i32 at = image * a->rows.windows * a->columns.windows * channels;
    for (i32 row = 0; row < a->rows.windows; row += 1) {
      for (i32 column = 0; column < a->columns.windows; column += 1) {
        for (i32 c = 0; c < channels; c += 1, at += 1) {
          const i32 place = place_in(&a->rows, &a->columns, row, column, a->places[at]);
          const float value = place >= 0 ? gradient[place * channels + c] : 0;
          a->to[at] = a->add ? a->to[at] + value : value;
        }
      }
    }
  }
}

void shuffle(const Thread *thread, const ShuffleArgs *a) {
  (void)thread;
  const i32 factor = a->factor, channels = a->channels, block = factor * factor;
  FOR_CHUNKS(row, a->rows) {
    for (i32 i = 0; i < factor; i += 1) {
      const i32 deep_row = row * a->width * channels * block + i * factor;
      i32 wide = (row * factor + i) * a->width * factor * channels;
      for (i32 column = 0; column < a->width; column += 1) {
        for (i32 j = 0; j < factor; j += 1) {
          i32 deep = deep_row + column * channels * block + j;
          for (i32 c = 0; c < channels; c += 1, deep += block, wide += 1) {
            const i32 source = a->back ? wide : deep, target = a->back ? deep : wide;
            a->to[target] = a->add ? a->to[target] + a->from[source] : a->from[source];
          }
        }
      }
    }
  }
}
