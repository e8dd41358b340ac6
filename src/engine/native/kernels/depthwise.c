/** Convolutions that don't mix channels: four channels at a time, some pixels beside each other in registers. */
#include "lines.h"
#include "operations.h"
#include "windows.h"

#define UNROLLED _Pragma("clang loop unroll(full)")

/** What is the same for all pixels of four channels. */
typedef struct {
  const DepthwiseArgs *args;
  const float *weights;
  f32x4 bias;
  /** Channels that are there. */
  i32 left;
} Channels;

INLINE void finish(const Channels *own, f32x4 sum, float *to) {
  const DepthwiseArgs *a = own->args;
  if (a->add) sum = add4(sum, load4(to));
  if (a->relu) sum = relu4(sum);
  if (own->left >= 4) store4(to, sum);
  else store_left(to, sum, own->left);
}

/**
 * `count` pixels of a row, whose windows are `step` apart. `beside` taps at a time look at pixels side by side, so that
 * a pixel is read once for all of them.
 */
INLINE void pixels(i32 count, i32 beside, const Channels *own, const float *x, i32 step, float *to) {
  const DepthwiseArgs *a = own->args;
  f32x4 sums[8], weights[5];
  UNROLLED for (i32 i = 0; i < count; i += 1) sums[i] = own->bias;
  for (i32 tap = 0; tap < a->taps; tap += beside) {
    UNROLLED for (i32 t = 0; t < beside; t += 1) weights[t] = load4(own->weights + a->weight_offsets[tap + t]);
    const float *at = x + a->offsets[tap];
    UNROLLED for (i32 i = 0; i < count + beside - 1; i += 1, at += step) {
      const f32x4 value = load4(at);
      UNROLLED for (i32 t = 0; t < beside; t += 1) {
        if (i >= t && i - t < count) sums[i - t] = fma4(value, weights[t], sums[i - t]);
      }
    }
  }
  UNROLLED for (i32 i = 0; i < count; i += 1) finish(own, sums[i], to + i * a->column_stride);
}

/** A row, eight pixels at a time while there are so many. */
INLINE void row_of(i32 beside, const Channels *own, const float *x, i32 step, float *to) {
  const i32 stride = own->args->column_stride;
  i32 left = own->args->windows.columns;
  for (; left >= 8; left -= 8, x += 8 * step, to += 8 * stride) pixels(8, beside, own, x, step, to);
  if (left >= 4) {
    pixels(4, beside, own, x, step, to);
    left -= 4, x += 4 * step, to += 4 * stride;
  }
  for (; left > 0; left -= 1, x += step, to += stride) pixels(1, beside, own, x, step, to);
}
static OUTLINED void row_by_1(const Channels *own, const float *x, i32 step, float *to) { row_of(1, own, x, step, to); }
static OUTLINED void row_by_3(const Channels *own, const float *x, i32 step, float *to) { row_of(3, own, x, step, to); }
static OUTLINED void row_by_5(const Channels *own, const float *x, i32 step, float *to) { row_of(5, own, x, step, to); }

void depthwise(const Thread *thread, const DepthwiseArgs *a) {
  const Windows *w = &a->windows;
  const i32 blocks = ceil_div(w->rows, w->block);
  FOR_CHUNKS(chunk, w->images * blocks) {
    const i32 image = chunk / blocks, first = chunk % blocks * w->block;
    const i32 rows = least(w->block, w->rows - first);
    const Strip strip = strip_of(w, image, first, rows, thread->scratch);
    float *to = a->to + image * a->image_stride + first * a->row_stride;
    for (i32 c = 0; c < w->channels; c += 4) {
      const Channels own = {a, a->weights + c, a->bias ? load4(a->bias + c) : zero4(), w->channels - c};
      for (i32 row = 0; row < rows; row += 1) {
        const float *x = strip.at + row * strip.row + c;
        float *pixel = to + row * a->row_stride + c;
        if (a->beside == 3) row_by_3(&own, x, strip.column, pixel);
        else if (a->beside == 5) row_by_5(&own, x, strip.column, pixel);
        else row_by_1(&own, x, strip.column, pixel);
      }
    }
  }
}

/** Sums of `count` taps over all windows of a strip, four channels. */
INLINE void tap_sums(i32 count, const Windows *w, const Strip *strip, i32 rows, const i32 *offsets, const float *from,
                     i32 c, float *to, i32 add) {
  f32x4 sums[9];
  i32 at[9];
  UNROLLED for (i32 t = 0; t < count; t += 1) {
    sums[t] = zero4();
    at[t] = offsets[t];
  }
  for (i32 row = 0; row < rows; row += 1) {
    const float *x = strip->at + row * strip->row + c;
    const float *slope = from + row * w->columns * w->channels + c;
    for (i32 column = w->columns; column > 0; column -= 1, x += strip->column, slope += w->channels) {
      const f32x4 d = load4(slope);
      UNROLLED for (i32 t = 0; t < count; t += 1) sums[t] = fma4(load4(x + at[t]), d, sums[t]);
    }
  }
  UNROLLED for (i32 t = 0; t < count; t += 1) {
    float *place = to + t * w->channels + c;
    const f32x4 sum = add ? add4(sums[t], load4(place)) : sums[t];
    if (w->channels - c >= 4) store4(place, sum);
    else store_left(place, sum, w->channels - c);
  }
}

/** Nine taps, three rows of three side by side, two windows at a time: the second sees two of the first's columns. */
static OUTLINED void nine_sums(const Windows *w, const Strip *strip, i32 rows, const i32 *offsets, const float *from,
                               i32 c, float *to, i32 add) {
  const i32 step = strip->column, channels = w->channels;
  f32x4 sums[9];
  UNROLLED for (i32 t = 0; t < 9; t += 1) sums[t] = zero4();
  for (i32 row = 0; row < rows; row += 1) {
    const float *x = strip->at + row * strip->row + c;
    const float *at[3] = {x + offsets[0], x + offsets[3], x + offsets[6]};
    const float *slope = from + row * w->columns * channels + c;
    i32 left = w->columns;
    for (; left >= 2; left -= 2, slope += 2 * channels) {
      const f32x4 d = load4(slope), e = load4(slope + channels);
      UNROLLED for (i32 r = 0; r < 3; r += 1) {
        const float *pixel = at[r];
        sums[3 * r] = fma4(load4(pixel), d, sums[3 * r]);
        pixel += step;
        const f32x4 second = load4(pixel);
        sums[3 * r + 1] = fma4(second, d, sums[3 * r + 1]);
        sums[3 * r] = fma4(second, e, sums[3 * r]);
        pixel += step;
        at[r] = pixel;
        const f32x4 third = load4(pixel);
        sums[3 * r + 2] = fma4(third, d, sums[3 * r + 2]);
        sums[3 * r + 1] = fma4(third, e, sums[3 * r + 1]);
        sums[3 * r + 2] = fma4(load4(pixel + step), e, sums[3 * r + 2]);
      }
    }
    if (left > 0) {
      const f32x4 d = load4(slope);
      UNROLLED for (i32 t = 0; t < 9; t += 1) sums[t] = fma4(load4(at[t / 3] + t % 3 * step), d, sums[t]);
    }
  }
  UNROLLED for (i32 t = 0; t < 9; t += 1) {
    float *place = to + t * channels + c;
    const f32x4 sum = add ? add4(sums[t], load4(place)) : sums[t];
    if (channels - c >= 4) store4(place, sum);
    else store_left(place, sum, channels - c);
  }
}

#define TAP_SUMS(count) \
  static OUTLINED void tap_sums_##count(const Windows *w, const Strip *strip, i32 rows, const i32 *offsets, \
                                        const float *from, i32 c, float *to, i32 add) { \
    tap_sums(count, w, strip, rows, offsets, from, c, to, add); \
  }
TAP_SUMS(1) TAP_SUMS(2) TAP_SUMS(3) TAP_SUMS(4) TAP_SUMS(5) TAP_SUMS(6) TAP_SUMS(7) TAP_SUMS(8) TAP_SUMS(9)

typedef void (*TapSums)(const Windows *, const Strip *, i32, const i32 *, const float *, i32, float *, i32);
static const TapSums tap_sums_of[10] = {0,          tap_sums_1, tap_sums_2, tap_sums_3, tap_sums_4,
                                        tap_sums_5, tap_sums_6, tap_sums_7, tap_sums_8, tap_sums_9};

void depthwise_gradient(const Thread *thread, const DepthwiseGradientArgs *a) {
  const Windows *w = &a->windows;
  FOR_CHUNKS(part, a->parts) {
    const i32 first_image = w->images * part / a->parts, last_image = w->images * (part + 1) / a->parts;
    float *to = a->to + part * a->taps * w->channels;
    i32 add = 0;
    for (i32 image = first_image; image < last_image; image += 1) {
      for (i32 first = 0; first < w->rows; first += w->block, add = 1) {
        const i32 rows = least(w->block, w->rows - first);
        const Strip strip = strip_of(w, image, first, rows, thread->scratch);
        const float *from = a->from + (image * w->rows + first) * w->columns * w->channels;
        const i32 is_square = a->beside == 3 && a->taps == 9;
        for (i32 c = 0; c < w->channels; c += 4) {
          if (is_square) {
            nine_sums(w, &strip, rows, a->offsets, from, c, to, add);
            continue;
          }
          for (i32 tap = 0; tap < a->taps; tap += 9) {
            tap_sums_of[least(9, a->taps - tap)](w, &strip, rows, a->offsets + tap, from, c, to + tap * w->channels, add);
          }
        }
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
