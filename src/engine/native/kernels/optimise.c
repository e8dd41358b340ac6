/** One step of an optimiser over all weights at once. The formulas stand in src/recipe/optimizers. */
#include "operations.h"

#define STRETCH 16384

void squares(const Thread *thread, const SquaresArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 end = least(a->count, (chunk + 1) * STRETCH);
    double sum = 0;
    for (i32 i = chunk * STRETCH; i < end; i += 1) sum += (double)a->from[i] * (double)a->from[i];
    a->sums[chunk] = (float)sum;
  }
}

void clip_scale(const Thread *thread, const ClipArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, 1) {
    double sum = 0;
    for (i32 i = 0; i < a->count; i += 1) sum += (double)a->sums[i];
    const float length = __builtin_sqrtf((float)sum);
    /* A length that is not a number makes all weights so, for the run to notice. */
    a->control->scale = length < a->norm ? 1 : a->norm / length;
  }
}

#define STEP(body) \
  for (i32 i = chunk * STRETCH; i < end; i += 4) { \
    const f32x4 w = load4(a->weight + i); \
    const f32x4 g = fma4(decay, w, mul4(scale, load4(a->gradient + i))); \
    body \
  }

void optimise(const Thread *thread, const OptimiseArgs *a) {
  (void)thread;
  const Control *control = a->control;
  const f32x4 rate = all4(control->learning_rate), scale = all4(control->scale), decay = all4(a->decay);
  const f32x4 keep = all4(a->keep), keep_square = all4(a->keep_square), epsilon = all4(a->epsilon);
  const f32x4 fresh = all4(a->fresh), fresh_square = all4(a->fresh_square);
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 end = least(a->count, (chunk + 1) * STRETCH);
    switch (a->kind) {
      case SGD:
        STEP(store4(a->weight + i, sub4(w, mul4(g, rate)));)
        break;
      case MOMENTUM:
        STEP(const f32x4 delta = fma4(load4(a->first + i), keep, mul4(g, rate));
             store4(a->first + i, delta);
             store4(a->weight + i, sub4(w, delta));)
        break;
      case NESTEROV:
        STEP(const f32x4 own = mul4(g, rate);
             const f32x4 delta = fma4(load4(a->first + i), keep, own);
             store4(a->first + i, delta);
             store4(a->weight + i, sub4(w, fma4(delta, keep, own)));)
        break;
      case RMSPROP:
        STEP(const f32x4 square = fma4(load4(a->first + i), keep_square, mul4(mul4(g, g), fresh_square));
             store4(a->first + i, square);
             store4(a->weight + i, sub4(w, wasm_f32x4_div(mul4(g, rate), add4(wasm_f32x4_sqrt(square), epsilon))));)
        break;
      case ADAM: {
        const f32x4 corrected = all4(control->corrected_rate), root = all4(control->corrected_root);
        STEP(const f32x4 mean = fma4(load4(a->first + i), keep, mul4(g, fresh));
             const f32x4 square = fma4(load4(a->second + i), keep_square, mul4(mul4(g, g), fresh_square));
             store4(a->first + i, mean);
             store4(a->second + i, square);
             const f32x4 under = add4(wasm_f32x4_div(wasm_f32x4_sqrt(square), root), epsilon);
             store4(a->weight + i, sub4(w, wasm_f32x4_div(mul4(mean, corrected), under)));)
        break;
      }
    }
  }
}
