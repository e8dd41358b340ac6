#include "slices.h"

static void zero(float *to, i32 pixels) {
  for (i32 i = 0; i < pixels; i += 1) store4(to + 4 * i, zero4());
}

/** Floats that are read before the next of a row are turned to, so that memory is read nearly in its order. */
#define STRETCH 1024

static void hold_pixels(const Held *held, const float *from, float *to, i32 pixels) {
  const i32 slice = held->slice, channels = held->images->channels;
  i32 s = 0;
  for (; s + 4 <= held->slices; s += 4) {
    const float *pixel = from + 4 * s;
    float *first = to + s * slice, *second = first + slice, *third = second + slice, *fourth = third + slice;
    for (i32 i = 0; i < pixels; i += 1, pixel += channels) {
      store4(first + 4 * i, load4(pixel));
      store4(second + 4 * i, load4(pixel + 4));
      store4(third + 4 * i, load4(pixel + 8));
      store4(fourth + 4 * i, load4(pixel + 12));
    }
  }
  for (; s < held->slices; s += 1) {
    const float *pixel = from + 4 * s;
    float *place = to + s * slice;
    for (i32 i = 0; i < pixels; i += 1, pixel += channels) store4(place + 4 * i, load4(pixel));
  }
}

static void hold_row(const Held *held, const float *from, float *to, i32 pixels) {
  const i32 channels = held->images->channels, together = most(4, STRETCH / (4 * held->slices));
  const i32 own = held->slices * 4;
  if (own >= channels) bring_near(from, pixels * channels);
  else for (i32 i = 0; i < pixels; i += 1) bring_near(from + i * channels, own);
  for (i32 first = 0; first < pixels; first += together) {
    hold_pixels(held, from + first * channels, to + first * 4, least(together, pixels - first));
  }
}

/** Pixels of a held row before the image's first, and those up to its last. */
INLINE i32 begin_of(const Slices *w) { return least(most(w->left, 0), w->pitch); }
INLINE i32 end_of(const Slices *w) { return most(begin_of(w), least(w->pitch, w->left + w->width)); }

static void fill(Held *held) {
  const Slices *w = held->images;
  const i32 last = least(held->first + w->span, w->height), begin = begin_of(w), end = end_of(w);
  for (i32 y = most(held->next, most(held->first, 0)); y < last; y += 1) {
    hold_row(held, held->from + (y * w->width + begin - w->left) * w->channels,
             held->at + held_row(held, y - held->first) + begin * 4, end - begin);
  }
  held->next = most(held->next, last);
}

Held hold(const Slices *w, i32 image, i32 group, i32 row, float *at) {
  const i32 first_slice = group * w->slices;
  Held held = {
    .images = w,
    .from = w->images_at + image * w->height * w->width * w->channels + first_slice * 4,
    .at = at,
    .slices = least(w->slices, slice_count(w) - first_slice),
    .row = w->pitch * 4,
    .slice = slice_floats(w),
    .first = row * w->row_step - w->top,
  };
  const i32 begin = begin_of(w), end = end_of(w);
  for (i32 s = 0; s < held.slices; s += 1) {
    for (i32 slot = 0; slot < w->span; slot += 1) {
      float *to = at + s * held.slice + slot * held.row;
      zero(to, begin);
      zero(to + end * 4, w->pitch - end);
    }
  }
  fill(&held);
  return held;
}

void hold_next(Held *held) {
  const Slices *w = held->images;
  held->first += w->row_step;
  held->slot = (held->slot + w->row_step) % w->span;
  fill(held);
}

const i32 *read_phase(const i32 *from, Phase *phase) {
  *phase = (Phase){.rows = from[0], .columns = from[1], .first = from[2], .tap_rows = from[3], .tap_columns = from[4]};
  phase->rows_at = from + 5;
  phase->columns_at = phase->rows_at + phase->tap_rows;
  phase->weights_at = phase->columns_at + phase->tap_columns;
  return phase->weights_at + phase->tap_rows * phase->tap_columns;
}
