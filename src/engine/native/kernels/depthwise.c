/**
 * Convolutions that don't mix channels, four channels at a time. The sums of up to eight windows beside each other stay
 * in registers, and taps that lie beside each other are taken in runs, so that what is loaded serves all of a run's taps
 * that meet it. V8 adds up one sum after the other: eight sums, the weights of a run and as many inputs are in use at
 * once, and it has 15 registers. So rows of five taps are a run of three and one of two.
 */
#include "depthwise.h"
#include "lines.h"
#include "operations.h"

#define UNROLLED _Pragma("clang loop unroll(full)")
#define NOT_UNROLLED _Pragma("clang loop unroll(disable)")

/** Slices that share cache lines of images. */
#define NEAR 4
/** Windows beside each other. */
#define WIDE 8

/** A row of windows, over some slices. */
typedef struct {
  const float *x;
  /** Floats from one slice to the next, there and among the weights. */
  i32 slice;
  i32 weights_slice;
  const float *weights;
  /** Where each row of taps is held; of taps that lie anyhow each one. */
  const i32 *taps;
  i32 count;
  /** Floats from one window to the next. */
  i32 step;
  i32 windows;
  i32 slices;
  /** Channels from the first slice on. */
  i32 left;
  const float *bias;
  float *to;
  i32 to_step;
  /** Whether any of the following applies to the sums. */
  i32 ends;
  i32 add;
  float low;
  float high;
} Row;

/** Adds what `run` taps beside each other give of a row to the sums of `windows`. */
INLINE void add_run(i32 windows, i32 run, i32 step, const float *x, const float *weights, f32x4 *sums) {
  f32x4 each[4];
  UNROLLED for (i32 t = 0; t < run; t += 1) each[t] = load4(weights + 4 * t);
  UNROLLED for (i32 i = 0; i < windows; i += 1) {
    UNROLLED for (i32 t = 0; t < run; t += 1) sums[i] = fma4(load4(x + i * step + 4 * t), each[t], sums[i]);
  }
}

/** The same of all rows of taps. Those of a small kernel are written out. */
INLINE void add_runs(i32 windows, i32 run, i32 apart, i32 step, const i32 *taps, i32 count, const float *x,
                     const float *weights, f32x4 *sums) {
  if (count < 1) return;
  add_run(windows, run, step, x + taps[0], weights, sums);
  if (count < 2) return;
  add_run(windows, run, step, x + taps[1], weights + apart, sums);
  if (count < 3) return;
  add_run(windows, run, step, x + taps[2], weights + 2 * apart, sums);
  NOT_UNROLLED for (i32 i = 3; i < count; i += 1) {
    add_run(windows, run, step, x + taps[i], weights + i * apart, sums);
  }
}

/** A group of a row's windows, of four channels. */
INLINE void some_windows(i32 windows, i32 run, i32 second, i32 step, const Row *row, const float *x,
                         const float *weights, f32x4 bias, float *to, i32 to_step, i32 left) {
  const i32 apart = 4 * (run + second);
  f32x4 sums[WIDE];
  UNROLLED for (i32 i = 0; i < windows; i += 1) sums[i] = bias;
  add_runs(windows, run, apart, step, row->taps, row->count, x, weights, sums);
  if (second > 0) add_runs(windows, second, apart, step, row->taps, row->count, x + 4 * run, weights + 4 * run, sums);
  if (row->ends) {
    if (row->add) {
      UNROLLED for (i32 i = 0; i < windows; i += 1) sums[i] = add4(sums[i], load4(to + i * to_step));
    }
    const f32x4 low = spread(&row->low), high = spread(&row->high);
    UNROLLED for (i32 i = 0; i < windows; i += 1) sums[i] = at_most4(at_least4(sums[i], low), high);
    if (left < 4) {
      UNROLLED for (i32 i = 0; i < windows; i += 1) store_left(to + i * to_step, sums[i], left);
      return;
    }
  }
  UNROLLED for (i32 i = 0; i < windows; i += 1) store4(to + i * to_step, sums[i]);
}

/** `run` taps beside each other in each row, then `second` more. */
INLINE void row_of(i32 run, i32 second, i32 step, const Row *row) {
  const i32 to_step = row->to_step;
  for (i32 s = 0; s < row->slices; s += 1) {
    const float *x = row->x + s * row->slice, *weights = row->weights + s * row->weights_slice;
    const f32x4 bias = row->bias ? load4(row->bias + 4 * s) : zero4();
    float *to = row->to + 4 * s;
    i32 left = row->windows;
    for (; left >= WIDE; left -= WIDE, x += WIDE * step, to += WIDE * to_step) {
      some_windows(WIDE, run, second, step, row, x, weights, bias, to, to_step, row->left - 4 * s);
    }
    if (left >= 4) {
      some_windows(4, run, second, step, row, x, weights, bias, to, to_step, row->left - 4 * s);
      left -= 4, x += 4 * step, to += 4 * to_step;
    }
    if (left >= 2) {
      some_windows(2, run, second, step, row, x, weights, bias, to, to_step, row->left - 4 * s);
      left -= 2, x += 2 * step, to += 2 * to_step;
    }
    if (left > 0) some_windows(1, run, second, step, row, x, weights, bias, to, to_step, row->left - 4 * s);
  }
}

typedef void (*RowOf)(const Row *);
#define ROW(run, second, apart) \
  static OUTLINED void row_##run##_##second##_by_##apart(const Row *row) { row_of(run, second, 4 * apart, row); }
ROW(1, 0, 1) ROW(2, 0, 1) ROW(3, 0, 1) ROW(4, 0, 1) ROW(3, 2, 1) ROW(4, 3, 1)
ROW(1, 0, 2) ROW(3, 0, 2) ROW(3, 2, 2)
static OUTLINED void row_1_0(const Row *row) { row_of(1, 0, row->step, row); }

/** By the step and the taps of a row; of others each tap is a run. */
static const RowOf row_by[3][8] = {
  {[1] = row_1_0},
  {[1] = row_1_0_by_1, row_2_0_by_1, row_3_0_by_1, row_4_0_by_1, row_3_2_by_1, 0, row_4_3_by_1},
  {[1] = row_1_0_by_2, [3] = row_3_0_by_2, [5] = row_3_2_by_2},
};

static i32 are_beside(i32 count, const i32 *columns) {
  for (i32 i = 0; i < count; i += 1) {
    if (columns[i] != i) return 0;
  }
  return 1;
}

/** Brings a slice's weights together, in the order in which they are taken: [slice][tap][4]. */
static void gather_weights(const float *from, const Phase *phase, i32 slices, float *to) {
  const i32 taps = phase->tap_rows * phase->tap_columns;
  for (i32 s = 0; s < slices; s += 1) {
    for (i32 t = 0; t < taps; t += 1, to += 4) store4(to, load4(from + phase->weights_at[t] + 4 * s));
  }
}

void depthwise(const Thread *thread, const DepthwiseArgs *a) {
  const Slices *w = &a->images;
  const i32 ends = a->add || a->low > -__builtin_inff() || a->high < __builtin_inff();
  const RowOf *by_taps = row_by[a->column_step <= 2 ? a->column_step : 0];
  const i32 groups = slice_groups(w), blocks = ceil_div(w->rows, w->block);
  FOR_CHUNKS(chunk, w->images * blocks * groups) {
    const i32 group = chunk % groups, block = chunk / groups % blocks, image = chunk / groups / blocks;
    const i32 first = block * w->block, last = least(w->rows, first + w->block), first_channel = group * w->slices * 4;
    float *weights = thread->scratch + w->slices * slice_floats(w);
    Held held = hold(w, image, group, first, thread->scratch);
    Phase phase;
    const i32 *next = a->phases_at;
    float *end = weights;
    for (i32 p = 0; p < a->phases; p += 1) {
      next = read_phase(next, &phase);
      gather_weights(a->weights + first_channel, &phase, held.slices, end);
      end += held.slices * phase.tap_rows * phase.tap_columns * 4;
    }
    /* Behind the weights. */
    i32 *list = (i32 *)end;
    for (i32 y = first; y < last; y += 1) {
      next = a->phases_at;
      const float *own = weights;
      for (i32 p = 0; p < a->phases; p += 1) {
        next = read_phase(next, &phase);
        const i32 taps = phase.tap_rows * phase.tap_columns;
        const float *packed = own;
        own += held.slices * taps * 4;
        if (y >= phase.rows || (taps == 0 && a->add)) continue;
        const i32 known = phase.tap_columns < 8 && by_taps[phase.tap_columns] && are_beside(phase.tap_columns, phase.columns_at);
        const i32 runs = known ? 1 : phase.tap_columns;
        i32 count = 0;
        for (i32 r = 0; r < phase.tap_rows; r += 1) {
          const i32 at = held_row(&held, phase.rows_at[r]);
          if (at < 0) {
            /* Rows above the image come first. */
            if (count == 0) packed += phase.tap_columns * 4;
            continue;
          }
          for (i32 t = 0; t < runs; t += 1) list[count++] = at + 4 * phase.columns_at[t];
        }
        const RowOf row_of_taps = by_taps[known ? phase.tap_columns : 1];
        Row row = {
          .slice = held.slice, .weights_slice = taps * 4, .taps = list, .count = count, .step = 4 * a->column_step,
          .windows = phase.columns, .to_step = a->column_stride, .add = a->add, .low = a->low, .high = a->high,
        };
        float *to = a->to + image * a->image_stride + y * a->row_stride + phase.first + first_channel;
        bring_near(to, (phase.columns - 1) * a->column_stride + 4 * held.slices);
        for (i32 s = 0; s < held.slices; s += NEAR) {
          const i32 c = first_channel + 4 * s;
          row.x = held.at + s * held.slice;
          row.weights = packed + s * taps * 4;
          row.slices = least(NEAR, held.slices - s);
          row.left = w->channels - c;
          row.ends = ends || row.left < 16;
          row.bias = a->bias ? a->bias + c : 0;
          row.to = to + 4 * s;
          row_of_taps(&row);
        }
      }
      if (y + 1 < last) hold_next(&held);
    }
  }
}

/** The sums of a row of windows, over some slices. */
typedef struct {
  const float *x;
  i32 slice;
  i32 slices;
  i32 left;
  /** Where each row of taps is held, in anyhow each tap, and where its sums stand. */
  const i32 *taps;
  const float *from;
  /** Floats from one window to the next. */
  i32 from_step;
  i32 step;
  i32 count;
  float *to;
  /** Channels: from one tap's sums to the next. */
  i32 to_step;
} Sums;

INLINE void add_to(float *to, f32x4 sum, i32 left) {
  put4(to, add4(load4(to), sum), left);
}

/** What `windows` beside each other add to the sums; moves on past them. */
INLINE void add_windows(i32 windows, i32 rows, i32 taps, i32 step, const float **at, const float **from, i32 from_step,
                        f32x4 *sums) {
  f32x4 own[4];
  UNROLLED for (i32 w = 0; w < windows; w += 1) own[w] = load4(*from + w * from_step);
  UNROLLED for (i32 r = 0; r < rows; r += 1) {
    UNROLLED for (i32 t = 0; t < taps; t += 1) {
      f32x4 *sum = sums + r * taps + t;
      UNROLLED for (i32 w = 0; w < windows; w += 1) *sum = fma4(load4(at[r] + w * step + 4 * t), own[w], *sum);
    }
  }
  UNROLLED for (i32 r = 0; r < rows; r += 1) at[r] += windows * step;
  *from += windows * from_step;
}

/** `rows` rows of `taps` beside each other, up to `most` windows at a time: as many as leave registers for the sums. */
INLINE void sums_of(i32 rows, i32 taps, i32 most, i32 step, const Sums *a) {
  const i32 from_step = a->from_step;
  const float *x = a->x;
  for (i32 s = 0; s < a->slices; s += 1, x += a->slice) {
    f32x4 sums[10];
    const float *at[3], *from = a->from + 4 * s;
    UNROLLED for (i32 i = 0; i < rows * taps; i += 1) sums[i] = zero4();
    UNROLLED for (i32 r = 0; r < rows; r += 1) at[r] = x + a->taps[2 * r];
    i32 left = a->count;
    if (most >= 4) {
      for (; left >= 4; left -= 4) add_windows(4, rows, taps, step, at, &from, from_step, sums);
    }
    if (most >= 2) {
      for (; left >= 2; left -= 2) add_windows(2, rows, taps, step, at, &from, from_step, sums);
    }
    for (; left > 0; left -= 1) add_windows(1, rows, taps, step, at, &from, from_step, sums);
    UNROLLED for (i32 i = 0; i < rows * taps; i += 1) {
      add_to(a->to + a->taps[2 * (i / taps) + 1] + i % taps * a->to_step + 4 * s, sums[i], a->left - 4 * s);
    }
  }
}

/** `count` taps that lie anyhow. */
INLINE void sums_anyhow(i32 count, const Sums *a) {
  const float *x = a->x, *from = a->from;
  const i32 step = a->step, from_step = a->from_step;
  for (i32 s = 0; s < a->slices; s += 1, x += a->slice, from += 4) {
    f32x4 sums[9];
    const float *at[9], *d = from;
    UNROLLED for (i32 i = 0; i < count; i += 1) {
      sums[i] = zero4();
      at[i] = x + a->taps[2 * i];
    }
    i32 moved = 0;
    for (i32 left = a->count; left > 0; left -= 1, d += from_step, moved += step) {
      const f32x4 value = load4(d);
      UNROLLED for (i32 i = 0; i < count; i += 1) sums[i] = fma4(load4(at[i] + moved), value, sums[i]);
    }
    UNROLLED for (i32 i = 0; i < count; i += 1) add_to(a->to + a->taps[2 * i + 1] + 4 * s, sums[i], a->left - 4 * s);
  }
}

typedef void (*SumsOf)(const Sums *);
#define SUMS(rows, taps, most, apart) \
  static OUTLINED void sums_##rows##_##taps##_by_##apart(const Sums *a) { sums_of(rows, taps, most, 4 * apart, a); }
SUMS(1, 3, 4, 1) SUMS(2, 3, 4, 1) SUMS(3, 3, 4, 1) SUMS(1, 5, 2, 1) SUMS(2, 5, 2, 1) SUMS(1, 7, 1, 1)
SUMS(1, 3, 2, 2) SUMS(2, 3, 2, 2) SUMS(3, 3, 2, 2) SUMS(1, 5, 2, 2) SUMS(2, 5, 2, 2) SUMS(1, 7, 1, 2)
#define ANYHOW(count) \
  static OUTLINED void sums_##count(const Sums *a) { sums_anyhow(count, a); }
ANYHOW(1) ANYHOW(2) ANYHOW(3) ANYHOW(4) ANYHOW(8)

/** Kernels by the number of rows of taps that they take at once, `most` or fewer; 0: none for such taps. */
typedef struct {
  i32 most;
  const SumsOf of[4];
} Kernels;

static const Kernels *sums_by(i32 taps, i32 step) {
  static const Kernels none = {0};
  static const Kernels by_step[3][8] = {
    [1] = {[3] = {3, {0, sums_1_3_by_1, sums_2_3_by_1, sums_3_3_by_1}}, [5] = {2, {0, sums_1_5_by_1, sums_2_5_by_1}},
           [7] = {1, {0, sums_1_7_by_1}}},
    [2] = {[3] = {3, {0, sums_1_3_by_2, sums_2_3_by_2, sums_3_3_by_2}}, [5] = {2, {0, sums_1_5_by_2, sums_2_5_by_2}},
           [7] = {1, {0, sums_1_7_by_2}}},
  };
  return taps < 8 && step < 3 ? &by_step[step][taps] : &none;
}

static void sum_row(const DepthwiseGradientArgs *a, const Held *held, i32 first_channel, const float *from, float *to,
                    i32 *list) {
  const i32 channels = a->images.channels, *rows = a->taps_at, *columns = rows + a->tap_rows;
  const Kernels *kernels = sums_by(are_beside(a->tap_columns, columns) ? a->tap_columns : 0, a->column_step);
  i32 count = 0;
  for (i32 r = 0; r < a->tap_rows; r += 1) {
    const i32 at = held_row(held, rows[r]);
    if (at < 0) continue;
    for (i32 t = 0; t < (kernels->most ? 1 : a->tap_columns); t += 1, count += 1) {
      list[2 * count] = at + 4 * columns[t];
      list[2 * count + 1] = (r * a->tap_columns + t) * channels;
    }
  }
  bring_near(from, a->columns * channels);
  for (i32 s = 0; s < held->slices; s += NEAR) {
    const i32 c = first_channel + 4 * s;
    Sums sums = {
      .x = held->at + s * held->slice, .slice = held->slice, .slices = least(NEAR, held->slices - s), .left = channels - c,
      .from = from + c, .from_step = channels, .step = 4 * a->column_step, .count = a->columns, .to = to + c,
      .to_step = channels,
    };
    for (i32 i = 0, together; i < count; i += together) {
      sums.taps = list + 2 * i;
      const i32 left = count - i;
      if (kernels->most) {
        together = least(kernels->most, left);
        kernels->of[together](&sums);
      } else {
        static const SumsOf few[] = {0, sums_1, sums_2, sums_3, sums_4};
        together = left >= 8 ? 8 : least(4, left);
        (together == 8 ? sums_8 : few[together])(&sums);
      }
    }
  }
}

void depthwise_gradient(const Thread *thread, const DepthwiseGradientArgs *a) {
  const Slices *w = &a->images;
  const i32 groups = slice_groups(w), taps = a->tap_rows * a->tap_columns;
  FOR_CHUNKS(chunk, a->parts * groups) {
    const i32 group = chunk % groups, part = chunk / groups, first_channel = group * w->slices * 4;
    const i32 first_image = w->images * part / a->parts, last_image = w->images * (part + 1) / a->parts;
    float *to = a->to + part * taps * w->channels;
    i32 *list = (i32 *)(thread->scratch + w->slices * slice_floats(w));
    for (i32 t = 0; t < taps; t += 1) {
      for (i32 c = first_channel; c < least(w->channels, first_channel + 4 * w->slices); c += 4) {
        put4(to + t * w->channels + c, zero4(), w->channels - c);
      }
    }
    for (i32 image = first_image; image < last_image; image += 1) {
      Held held = hold(w, image, group, 0, thread->scratch);
      const float *from = a->from + image * w->rows * a->columns * w->channels;
      for (i32 y = 0; y < w->rows; y += 1, from += a->columns * w->channels) {
        if (y > 0) hold_next(&held);
        sum_row(a, &held, first_channel, from, to, list);
      }
    }
  }
}

#define STRETCH 4096

void repeat(const Thread *thread, const RepeatArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 first = chunk * STRETCH, last = least(a->count, first + STRETCH);
    float *to = a->to + first * a->times;
    const float *end = a->to + last * a->times;
    for (i32 i = first; i < last; i += 1, to += a->times) {
      const f32x4 value = spread(a->from + i);
      for (i32 j = 0; j < a->times; j += 4) put(to + j, value, a->times - j, end, 0);
    }
  }
}

void sum_repeats(const Thread *thread, const SumRepeatsArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 first = chunk * STRETCH, last = least(a->count, first + STRETCH);
    const float *from = a->from + first * a->times;
    for (i32 i = first; i < last; i += 1, from += a->times) {
      f32x4 sums = zero4();
      i32 j = 0;
      for (; j + 4 <= a->times; j += 4) sums = add4(sums, load4(from + j));
      sums = add4(sums, wasm_v128_and(load4(from + j), lanes(a->times - j)));
      a->to[i] = a->add ? a->to[i] + sum4(sums) : sum4(sums);
    }
  }
}
