/** Local response normalisation, a place after the other; its channels lie in scratch memory between zeros. */
#include "functions.h"
#include "lanes.h"
#include "operations.h"

/** Floats in a chunk. */
#define STRETCH 4096

INLINE i32 rows_together(const ResponseArgs *a) { return most(1, STRETCH / a->channels); }

/** Zeros before and after `channels` numbers, whole vectors past them as well. */
static void surround(float *at, i32 before, i32 channels, i32 after) {
  for (i32 i = 0; i < before; i += 1) at[i] = 0;
  for (i32 i = before + channels; i < before + channels + after + 4; i += 1) at[i] = 0;
}

/** Σ of four windows side by side. */
INLINE f32x4 windows_at(const float *at, i32 size) {
  f32x4 sum = load4(at);
  for (i32 i = 1; i < size; i += 1) sum = add4(sum, load4(at + i));
  return sum;
}

/** s and s^−β. */
typedef struct {
  f32x4 sum;
  f32x4 factor;
} Response;

INLINE Response response_at(const ResponseArgs *a, const float *squares, i32 j) {
  Response r;
  r.sum = fma4(windows_at(squares + j, a->before + 1 + a->after), all4(a->share), all4(a->k));
  r.factor = exp4(mul4(all4(-a->beta), log4(r.sum)));
  return r;
}

static void square_all(const ResponseArgs *a, const float *x, float *squares) {
  for (i32 j = 0; j < a->channels; j += 4) {
    const f32x4 value = load_some(x + j, a->channels - j);
    store4(squares + a->before + j, mul4(value, value));
  }
}

void response(const Thread *thread, const ResponseArgs *a) {
  const i32 together = rows_together(a), channels = a->channels;
  float *squares = thread->scratch;
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    surround(squares, a->before, channels, a->after);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *x = a->from + row * channels;
      float *y = a->to + row * channels;
      square_all(a, x, squares);
      for (i32 j = 0; j < channels; j += 4) {
        store_some(y + j, mul4(load4(x + j), response_at(a, squares, j).factor), channels - j);
      }
    }
  }
}

void response_gradient(const Thread *thread, const ResponseGradientArgs *args) {
  const ResponseArgs *a = &args->response;
  const i32 together = rows_together(a), channels = a->channels, size = a->before + 1 + a->after;
  const f32x4 twice = all4(2 * a->share * a->beta);
  /* What reaches x comes from as far after it as its own window reaches before. */
  float *squares = thread->scratch, *reaching = squares + channels + size + 8, *factors = reaching + channels + size + 8;
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    surround(squares, a->before, channels, a->after);
    surround(reaching, a->after, channels, a->before);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *x = a->from + row * channels, *dy = args->gradient + row * channels;
      float *dx = a->to + row * channels;
      square_all(a, x, squares);
      for (i32 j = 0; j < channels; j += 4) {
        const Response r = response_at(a, squares, j);
        const f32x4 direct = mul4(load4(dy + j), r.factor);
        store4(factors + j, direct);
        const f32x4 through = wasm_f32x4_div(mul4(direct, load4(x + j)), r.sum);
        store4(reaching + a->after + j, wasm_v128_and(through, lanes(channels - j)));
      }
      for (i32 j = 0; j < channels; j += 4) {
        const f32x4 through = mul4(mul4(twice, load4(x + j)), windows_at(reaching + j, size));
        const f32x4 share = sub4(load4(factors + j), through);
        store_some(dx + j, args->add ? add4(load4(dx + j), share) : share, channels - j);
      }
    }
  }
}
