/**
 * Convolutions of small groups of channels: four outputs are a vector, and each of the group's inputs is spread over one.
 */
#include "grouped.h"
#include "operations.h"

#define UNROLLED _Pragma("clang loop unroll(full)")
#define NOT_UNROLLED _Pragma("clang loop unroll(disable)")

/** One of four numbers in all places: for V8 cheaper than loading it anew, as that takes an address of its own. */
#define LANE(x, n) wasm_i32x4_shuffle(x, x, n, n, n, n)

/** Windows beside each other. */
#define WIDE 8
/** Weights that four inputs and four outputs have for each other. */
#define BLOCK 16

/** Four outputs of a row of windows. */
typedef struct {
  const float *x;
  const float *weights;
  /** For each tap and each slice of the group where it is held, and where its weights stand. */
  const i32 *taps;
  i32 count;
  i32 step;
  i32 windows;
  f32x4 bias;
  float *to;
  i32 to_step;
  i32 add;
  float low;
  float high;
} GroupRow;

INLINE void some_windows(i32 windows, i32 step, const GroupRow *row, const float *x, float *to) {
  const i32 to_step = row->to_step;
  const i32 *end = row->taps + 2 * row->count;
  f32x4 sums[WIDE];
  UNROLLED for (i32 i = 0; i < windows; i += 1) sums[i] = row->bias;
  NOT_UNROLLED for (const i32 *tap = row->taps; tap < end; tap += 2) {
    const float *at = x + tap[0], *w = row->weights + tap[1];
    const f32x4 first = load4(w), second = load4(w + 4), third = load4(w + 8), fourth = load4(w + 12);
    UNROLLED for (i32 i = 0; i < windows; i += 1) {
      const f32x4 own = load4(at + i * step);
      sums[i] = fma4(LANE(own, 0), first, sums[i]);
      sums[i] = fma4(LANE(own, 1), second, sums[i]);
      sums[i] = fma4(LANE(own, 2), third, sums[i]);
      sums[i] = fma4(LANE(own, 3), fourth, sums[i]);
    }
  }
  if (row->add) {
    UNROLLED for (i32 i = 0; i < windows; i += 1) sums[i] = add4(sums[i], load4(to + i * to_step));
  }
  const f32x4 low = spread(&row->low), high = spread(&row->high);
  UNROLLED for (i32 i = 0; i < windows; i += 1) store4(to + i * to_step, at_most4(at_least4(sums[i], low), high));
}

INLINE void row_of(i32 step, const GroupRow *row) {
  const float *x = row->x;
  float *to = row->to;
  i32 left = row->windows;
  for (; left >= WIDE; left -= WIDE, x += WIDE * step, to += WIDE * row->to_step) some_windows(WIDE, step, row, x, to);
  if (left >= 4) {
    some_windows(4, step, row, x, to);
    left -= 4, x += 4 * step, to += 4 * row->to_step;
  }
  if (left >= 2) {
    some_windows(2, step, row, x, to);
    left -= 2, x += 2 * step, to += 2 * row->to_step;
  }
  if (left > 0) some_windows(1, step, row, x, to);
}
static OUTLINED void row_by_1(const GroupRow *row) { row_of(4, row); }
static OUTLINED void row_by_2(const GroupRow *row) { row_of(8, row); }
static OUTLINED void row_by_any(const GroupRow *row) { row_of(row->step, row); }

/** Four inputs by four outputs of each tap: [outputs / 4][inputs / 4][tap][4][4]. */
static float *gather_weights(const GroupedArgs *a, i32 group, const Phase *phase, float *to) {
  const i32 taps = phase->tap_rows * phase->tap_columns;
  const float *from = a->weights + group * a->group_stride;
  for (i32 output = 0; output < a->outputs; output += 4) {
    for (i32 input = 0; input < a->inputs; input += 4) {
      for (i32 t = 0; t < taps; t += 1) {
        const float *tap = from + phase->weights_at[t] + input * a->input_stride + output * a->output_stride;
        for (i32 i = 0; i < 4; i += 1, tap += a->input_stride) {
          for (i32 n = 0; n < 4; n += 1) *to++ = tap[n * a->output_stride];
        }
      }
    }
  }
  return to;
}

/** The taps that are in the image, of each slice of a group; how many. */
static i32 list_taps(const Held *held, const Phase *phase, i32 slices, i32 *list) {
  i32 count = 0;
  for (i32 s = 0; s < slices; s += 1) {
    for (i32 r = 0; r < phase->tap_rows; r += 1) {
      const i32 at = held_row(held, phase->rows_at[r]);
      if (at < 0) continue;
      for (i32 t = 0; t < phase->tap_columns; t += 1, count += 1) {
        list[2 * count] = s * held->slice + at + 4 * phase->columns_at[t];
        list[2 * count + 1] = ((s * phase->tap_rows + r) * phase->tap_columns + t) * BLOCK;
      }
    }
  }
  return count;
}

void grouped(const Thread *thread, const GroupedArgs *a) {
  const Slices *w = &a->images;
  const i32 chunks = slice_groups(w), blocks = ceil_div(w->rows, w->block), slices = a->inputs / 4;
  FOR_CHUNKS(chunk, w->images * blocks * chunks) {
    const i32 part = chunk % chunks, block = chunk / chunks % blocks, image = chunk / chunks / blocks;
    const i32 first = block * w->block, last = least(w->rows, first + w->block);
    float *weights = thread->scratch + w->slices * slice_floats(w);
    Held held = hold(w, image, part, first, thread->scratch);
    const i32 first_group = part * w->slices / slices, groups = held.slices / slices;
    Phase phase;
    const i32 *next = a->phases_at;
    float *end = weights;
    for (i32 p = 0; p < a->phases; p += 1) {
      next = read_phase(next, &phase);
      for (i32 group = 0; group < groups; group += 1) end = gather_weights(a, first_group + group, &phase, end);
    }
    /* Behind the weights. */
    i32 *list = (i32 *)end;
    for (i32 y = first; y < last; y += 1) {
      next = a->phases_at;
      const float *own = weights;
      for (i32 p = 0; p < a->phases; p += 1) {
        next = read_phase(next, &phase);
        const i32 floats = phase.tap_rows * phase.tap_columns * slices * BLOCK;
        const float *packed = own;
        own += groups * a->outputs / 4 * floats;
        if (y >= phase.rows || (floats == 0 && a->add)) continue;
        GroupRow row = {
          .taps = list, .count = list_taps(&held, &phase, slices, list), .step = 4 * a->column_step,
          .windows = phase.columns, .to_step = a->column_stride, .add = a->add, .low = a->low, .high = a->high,
        };
        float *to = a->to + image * a->image_stride + y * a->row_stride + phase.first + first_group * a->outputs;
        bring_near(to, (phase.columns - 1) * a->column_stride + groups * a->outputs);
        for (i32 o = 0; o < groups * a->outputs; o += 4, packed += floats) {
          const i32 output = first_group * a->outputs + o;
          row.x = held.at + o / a->outputs * slices * held.slice;
          row.weights = packed;
          row.bias = a->bias ? load4(a->bias + output) : zero4();
          row.to = to + o;
          (a->column_step == 1 ? row_by_1 : a->column_step == 2 ? row_by_2 : row_by_any)(&row);
        }
      }
      if (y + 1 < last) hold_next(&held);
    }
  }
}

/** The sums of some taps of a row of windows: four inputs by four outputs. */
typedef struct {
  const float *x;
  /** Where each tap is held, and where its sums stand. */
  const i32 *taps;
  i32 step;
  const float *from;
  i32 from_step;
  i32 windows;
  float *to;
  /** From one input's sums to the next. */
  i32 to_step;
} GroupSums;

INLINE void sums_of(i32 taps, const GroupSums *a) {
  const i32 step = a->step, from_step = a->from_step;
  f32x4 sums[12];
  const float *at[3], *from = a->from;
  UNROLLED for (i32 i = 0; i < 4 * taps; i += 1) sums[i] = zero4();
  UNROLLED for (i32 i = 0; i < taps; i += 1) at[i] = a->x + a->taps[2 * i];
  NOT_UNROLLED for (i32 left = a->windows; left > 0; left -= 1, from += from_step) {
    const f32x4 own = load4(from);
    UNROLLED for (i32 i = 0; i < taps; i += 1) {
      const f32x4 seen = load4(at[i]);
      sums[4 * i] = fma4(LANE(seen, 0), own, sums[4 * i]);
      sums[4 * i + 1] = fma4(LANE(seen, 1), own, sums[4 * i + 1]);
      sums[4 * i + 2] = fma4(LANE(seen, 2), own, sums[4 * i + 2]);
      sums[4 * i + 3] = fma4(LANE(seen, 3), own, sums[4 * i + 3]);
      at[i] += step;
    }
  }
  UNROLLED for (i32 i = 0; i < taps; i += 1) {
    float *to = a->to + a->taps[2 * i + 1];
    UNROLLED for (i32 n = 0; n < 4; n += 1) store4(to + n * a->to_step, add4(load4(to + n * a->to_step), sums[4 * i + n]));
  }
}
static OUTLINED void sums_of_1(const GroupSums *a) { sums_of(1, a); }
static OUTLINED void sums_of_2(const GroupSums *a) { sums_of(2, a); }
static OUTLINED void sums_of_3(const GroupSums *a) { sums_of(3, a); }

void grouped_gradient(const Thread *thread, const GroupedGradientArgs *a) {
  const Slices *w = &a->images;
  const i32 chunks = slice_groups(w), taps = a->tap_rows * a->tap_columns, slices = a->inputs / 4;
  const i32 filters = w->channels / a->inputs * a->outputs;
  const Phase phase = {
    .tap_rows = a->tap_rows, .tap_columns = a->tap_columns, .rows_at = a->taps_at, .columns_at = a->taps_at + a->tap_rows,
  };
  FOR_CHUNKS(chunk, a->parts * chunks) {
    const i32 group = chunk % chunks, part = chunk / chunks;
    const i32 first_image = w->images * part / a->parts, last_image = w->images * (part + 1) / a->parts;
    const i32 first_slice = group * w->slices, held_slices = least(w->slices, slice_count(w) - first_slice);
    const i32 first = first_slice / slices * a->outputs, last = first + held_slices / slices * a->outputs;
    float *to = a->to + part * taps * a->inputs * filters;
    i32 *list = (i32 *)(thread->scratch + w->slices * slice_floats(w));
    for (i32 row = 0; row < taps * a->inputs; row += 1) {
      for (i32 n = first; n < last; n += 4) store4(to + row * filters + n, zero4());
    }
    for (i32 image = first_image; image < last_image; image += 1) {
      Held held = hold(w, image, group, 0, thread->scratch);
      const float *from = a->from + image * w->rows * a->columns * filters;
      for (i32 y = 0; y < w->rows; y += 1, from += a->columns * filters) {
        if (y > 0) hold_next(&held);
        const i32 count = list_taps(&held, &phase, 1, list);
        for (i32 i = 0; i < count; i += 1) list[2 * i + 1] = list[2 * i + 1] / BLOCK * a->inputs * filters;
        bring_near(from, a->columns * filters);
        for (i32 n = first; n < last; n += 4) {
          for (i32 s = 0; s < slices; s += 1) {
            GroupSums sums = {
              .x = held.at + ((n - first) / a->outputs * slices + s) * held.slice, .step = 4 * a->column_step,
              .from = from + n, .from_step = filters, .windows = a->columns, .to = to + 4 * s * filters + n,
              .to_step = filters,
            };
            for (i32 i = 0; i < count; i += 3) {
              sums.taps = list + 2 * i;
              (count - i >= 3 ? sums_of_3 : count - i == 2 ? sums_of_2 : sums_of_1)(&sums);
            }
          }
        }
      }
    }
  }
}
