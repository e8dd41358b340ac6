#include "windows.h"

static void copy(float *to, const float *from, i32 count) {
  i32 i = 0;
  for (; i + 4 <= count; i += 4) store4(to + i, load4(from + i));
  for (; i < count; i += 1) to[i] = from[i];
}

static void zero(float *to, i32 count) {
  i32 i = 0;
  for (; i + 4 <= count; i += 4) store4(to + i, zero4());
  for (; i < count; i += 1) to[i] = 0;
}

Strip strip_of(const Windows *w, i32 image, i32 first, i32 rows, float *scratch) {
  const i32 channels = w->channels;
  const i32 pitch = w->width * channels;
  const float *source = w->images_at + image * w->height * pitch;
  const i32 top = first * w->row_step - w->top;
  if (w->direct) {
    return (Strip){source + top * pitch - w->left * channels, w->row_step * pitch, w->column_step * channels};
  }
  const i32 strip_pitch = w->strip_width * channels;
  const i32 strip_rows = (rows - 1) * w->row_step + w->span;
  /* Of each row of the strip: zeros, pixels, zeros. */
  const i32 begin = least(most(w->left, 0), w->strip_width);
  const i32 end = most(begin, least(w->strip_width, w->left + w->width));
  for (i32 r = 0; r < strip_rows; r += 1) {
    float *to = scratch + r * strip_pitch;
    const i32 y = top + r;
    if (y < 0 || y >= w->height) {
      zero(to, strip_pitch);
      continue;
    }
    zero(to, begin * channels);
    copy(to + begin * channels, source + y * pitch + (begin - w->left) * channels, (end - begin) * channels);
    zero(to + end * channels, (w->strip_width - end) * channels);
  }
  return (Strip){scratch, w->row_step * strip_pitch, w->column_step * channels};
}
