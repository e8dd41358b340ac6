/** Activations, and their gradients by their outputs. */
#include "functions.h"
#include "operations.h"

#define STRETCH 16384

void relu_gradient(const Thread *thread, const OutputGradientArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    i32 i = chunk * STRETCH;
    const i32 end = least(a->count, i + STRETCH);
    for (; i + 4 <= end; i += 4) {
      const v128_t open = wasm_f32x4_gt(load4(a->output + i), zero4());
      store4(a->gradient + i, wasm_v128_and(load4(a->gradient + i), open));
    }
    for (; i < end; i += 1) a->gradient[i] = a->output[i] > 0 ? a->gradient[i] : 0;
  }
}

#define ROWS_TOGETHER 16

void softmax(const Thread *thread, const RowsArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->rows, ROWS_TOGETHER)) {
    const i32 last = least(a->rows, (chunk + 1) * ROWS_TOGETHER);
    for (i32 row = chunk * ROWS_TOGETHER; row < last; row += 1) {
      const float *from = a->from + row * a->columns;
      float *to = a->to + row * a->columns;
      float top = from[0];
      for (i32 i = 1; i < a->columns; i += 1) top = from[i] <= top ? top : from[i];
      float sum = 0;
      for (i32 i = 0; i < a->columns; i += 1) {
        to[i] = exp1(from[i] - top);
        sum += to[i];
      }
      for (i32 i = 0; i < a->columns; i += 1) to[i] /= sum;
    }
  }
}

void softmax_gradient(const Thread *thread, const RowsGradientArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->rows, ROWS_TOGETHER)) {
    const i32 last = least(a->rows, (chunk + 1) * ROWS_TOGETHER);
    for (i32 row = chunk * ROWS_TOGETHER; row < last; row += 1) {
      const float *y = a->output + row * a->columns;
      float *gradient = a->gradient + row * a->columns;
      float along = 0;
      for (i32 i = 0; i < a->columns; i += 1) along += gradient[i] * y[i];
      for (i32 i = 0; i < a->columns; i += 1) gradient[i] = y[i] * (gradient[i] - along);
    }
  }
}
