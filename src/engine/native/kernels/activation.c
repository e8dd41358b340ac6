/** Activations and their gradients. The formulas stand in src/layers/shared/activations.ts. */
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

INLINE f32x4 where(v128_t condition, f32x4 yes, f32x4 no) { return wasm_v128_bitselect(yes, no, condition); }
INLINE v128_t above_0(f32x4 x) { return wasm_f32x4_gt(x, zero4()); }
INLINE f32x4 bounded4(f32x4 x, float low, float high) {
  return at_most4(at_least4(x, kept4(low)), kept4(high));
}

/** (1 + tanh u)/2 = σ(2u) with 2u = √(8/π)·(x + 0.044715·x³). */
INLINE f32x4 near_normal4(f32x4 x) {
  return sigmoid4(mul4(x, fma4(mul4(x, x), kept4(0.0713548163f), kept4(1.59576912f))));
}

INLINE f32x4 hard_swish_gate4(f32x4 x) { return bounded4(add4(mul4(x, kept4(1.0f / 6)), kept4(0.5f)), 0, 1); }

/** tanh(ln(1 + eˣ)) = (w² + 2w)/(w² + 2w + 2) with w = eˣ; 1 from 20 on. */
INLINE f32x4 mish_gate4(f32x4 x) {
  const f32x4 w = normal_exp4(at_most4(x, kept4(20)));
  const f32x4 n = mul4(w, add4(w, kept4(2)));
  return wasm_f32x4_div(n, add4(n, kept4(2)));
}

INLINE f32x4 hard_sigmoid_line4(f32x4 x) { return add4(mul4(x, kept4(0.2f)), kept4(0.5f)); }

#define EACH(expression) \
  for (i32 i = 0; i < count; i += 4) { \
    const f32x4 x = load4(from + i); \
    store4(to + i, expression); \
  } \
  break;

/** Of whole vectors. */
static OUTLINED void activate_run(const ActivateArgs *a, const float *from, float *to, i32 count) {
  const f32x4 alpha = all4(a->alpha), scale = all4(a->scale);
  switch (a->kind) {
    case RELU: EACH(relu4(x))
    case RELU6: EACH(bounded4(x, 0, 6))
    case ELU: EACH(mul4(scale, where(above_0(x), x, mul4(alpha, expm1_4(at_most4(x, zero4()))))))
    case LEAKY: EACH(where(above_0(x), x, mul4(alpha, x)))
    case SIGMOID: EACH(sigmoid4(x))
    case TANH: EACH(tanh4(x))
    case SOFTPLUS: EACH(softplus4(x))
    case GELU: EACH(mul4(x, normal4(x)))
    case GELU_TANH: EACH(mul4(x, near_normal4(x)))
    case SWISH: EACH(mul4(x, sigmoid4(x)))
    case HARD_SWISH: EACH(mul4(x, hard_swish_gate4(x)))
    case MISH: EACH(mul4(x, mish_gate4(x)))
    case SOFTSIGN: EACH(wasm_f32x4_div(x, add4(all4(1), wasm_f32x4_abs(x))))
    case HARD_SIGMOID: EACH(bounded4(hard_sigmoid_line4(x), 0, 1))
  }
}

void activate(const Thread *thread, const ActivateArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 first = chunk * STRETCH, count = least(a->count - first, STRETCH), whole = count / 4 * 4;
    activate_run(a, a->from + first, a->to + first, whole);
    if (whole == count) continue;
    float rest[4];
    activate_run(a, a->from + first + whole, rest, 4);
    put4(a->to + first + whole, load4(rest), count - whole);
  }
}

/** Derivatives by the input. Where a gate has come to 0 or 1 its own is 0, however large x is. */
INLINE f32x4 gelu_tanh_slope4(f32x4 x) {
  const f32x4 near = bounded4(x, -20, 20);
  const f32x4 gate = near_normal4(near);
  const f32x4 inner = fma4(mul4(near, near), kept4(0.214064449f), kept4(1.59576912f));
  return fma4(mul4(mul4(near, inner), gate), sub4(kept4(1), gate), gate);
}

INLINE f32x4 swish_slope4(f32x4 x) {
  const f32x4 near = bounded4(x, -100, 100);
  const f32x4 gate = sigmoid4(near);
  return fma4(mul4(near, gate), sub4(kept4(1), gate), gate);
}

INLINE f32x4 hard_swish_slope4(f32x4 x) {
  const v128_t within = wasm_v128_and(wasm_f32x4_ge(x, kept4(-3)), wasm_f32x4_le(x, kept4(3)));
  return add4(hard_swish_gate4(x), wasm_v128_and(mul4(x, kept4(1.0f / 6)), within));
}

/** With w = eˣ and n = w² + 2w: (n·(n + 2) + 4·x·w·(w + 1))/(n + 2)². */
INLINE f32x4 mish_slope4(f32x4 x) {
  const f32x4 near = bounded4(x, -100, 20), w = normal_exp4(near);
  const f32x4 n = mul4(w, add4(w, kept4(2))), under = add4(n, kept4(2));
  const f32x4 growth = mul4(mul4(near, kept4(4)), fma4(w, w, w));
  return wasm_f32x4_div(fma4(n, under, growth), mul4(under, under));
}

INLINE f32x4 softsign_slope4(f32x4 x) {
  const f32x4 under = add4(kept4(1), wasm_f32x4_abs(x));
  return wasm_f32x4_div(kept4(1), mul4(under, under));
}

#define EACH_GRADIENT(expression) \
  for (i32 i = 0; i < count; i += 4) { \
    const f32x4 x = load4(known + i), gradient = load4(from + i); \
    store4(to + i, expression); \
  } \
  break;

/* By the outputs, which are called x here too. */
static OUTLINED void gradient_run(const ActivateGradientArgs *a, const float *known, const float *from, float *to, i32 count) {
  const f32x4 alpha = all4(a->alpha), scale = all4(a->scale), floor = all4(a->alpha * a->scale);
  const f32x4 one = all4(1);
  switch (a->kind) {
    case RELU: EACH_GRADIENT(wasm_v128_and(gradient, above_0(x)))
    case RELU6: EACH_GRADIENT(wasm_v128_and(gradient, wasm_v128_and(above_0(x), wasm_f32x4_lt(x, all4(6)))))
    case ELU: EACH_GRADIENT(mul4(gradient, where(above_0(x), scale, add4(x, floor))))
    case LEAKY: EACH_GRADIENT(where(above_0(x), gradient, mul4(gradient, alpha)))
    case SIGMOID: EACH_GRADIENT(mul4(gradient, mul4(x, sub4(one, x))))
    case TANH: EACH_GRADIENT(mul4(gradient, sub4(one, mul4(x, x))))
    case SOFTPLUS: EACH_GRADIENT(mul4(gradient, wasm_f32x4_neg(expm1_4(wasm_f32x4_neg(x)))))
    case GELU: EACH_GRADIENT(mul4(gradient, normal_slope4(x)))
    case GELU_TANH: EACH_GRADIENT(mul4(gradient, gelu_tanh_slope4(x)))
    case SWISH: EACH_GRADIENT(mul4(gradient, swish_slope4(x)))
    case HARD_SWISH: EACH_GRADIENT(mul4(gradient, hard_swish_slope4(x)))
    case MISH: EACH_GRADIENT(mul4(gradient, mish_slope4(x)))
    case SOFTSIGN: EACH_GRADIENT(mul4(gradient, softsign_slope4(x)))
    case HARD_SIGMOID: {
      /* Without a fused product, so that the ends are where the forward pass has them; they count as within. */
      EACH_GRADIENT(where(wasm_f32x4_eq(hard_sigmoid_line4(x), bounded4(hard_sigmoid_line4(x), 0, 1)),
                          mul4(gradient, all4(0.2f)), zero4()))
    }
  }
}

void activate_gradient(const Thread *thread, const ActivateGradientArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 first = chunk * STRETCH, count = least(a->count - first, STRETCH), whole = count / 4 * 4;
    const float *known = a->known + first;
    float *gradient = a->gradient + first;
    gradient_run(a, known, gradient, gradient, whole);
    if (whole == count) continue;
    float rest[4];
    gradient_run(a, known + whole, gradient + whole, rest, 4);
    put4(gradient + whole, load4(rest), count - whole);
  }
}

INLINE f32x4 prelu4(f32x4 x, f32x4 slope) { return where(above_0(x), x, mul4(slope, x)); }

void prelu(const Thread *thread, const PreluArgs *a) {
  (void)thread;
  const i32 together = most(1, STRETCH / a->columns);
  const f32x4 one = spread(a->slopes);
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *from = a->from + row * a->columns;
      float *to = a->to + row * a->columns;
      i32 i = 0;
      for (; i + 4 <= a->columns; i += 4) store4(to + i, prelu4(load4(from + i), a->one ? one : load4(a->slopes + i)));
      if (i < a->columns) {
        put4(to + i, prelu4(load4(from + i), a->one ? one : load4(a->slopes + i)), a->columns - i);
      }
    }
  }
}

void prelu_gradient(const Thread *thread, const PreluGradientArgs *a) {
  (void)thread;
  const i32 together = most(1, STRETCH / a->columns);
  const f32x4 one = spread(a->slopes);
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) {
    const i32 last = least(a->rows, (chunk + 1) * together);
    for (i32 row = chunk * together; row < last; row += 1) {
      const float *from = a->from + row * a->columns;
      float *to = a->gradient + row * a->columns, *shares = a->shares + row * a->columns;
      for (i32 i = 0; i < a->columns; i += 4) {
        const f32x4 x = load4(from + i), gradient = load4(to + i), slope = a->one ? one : load4(a->slopes + i);
        const v128_t open = above_0(x);
        put4(to + i, where(open, gradient, mul4(slope, gradient)), a->columns - i);
        put4(shares + i, wasm_v128_andnot(mul4(x, gradient), open), a->columns - i);
      }
    }
  }
}

/**
 * Softmax's numbers four at a time: where there are few columns those of four rows, the last row standing in for rows
 * that are not there; else four of one row, `nothing` for those past its end.
 */
#define FEW 16

typedef struct {
  i32 at[4];
} Rows;

INLINE Rows four_rows(i32 row, i32 last, i32 columns) {
  return (Rows){{row * columns, least(row + 1, last) * columns, least(row + 2, last) * columns,
                 least(row + 3, last) * columns}};
}

INLINE f32x4 gather4(const float *from, const Rows *rows, i32 i) {
  f32x4 x = wasm_v128_load32_zero(from + rows->at[0] + i);
  x = wasm_v128_load32_lane(from + rows->at[1] + i, x, 1);
  x = wasm_v128_load32_lane(from + rows->at[2] + i, x, 2);
  return wasm_v128_load32_lane(from + rows->at[3] + i, x, 3);
}

INLINE void scatter4(float *to, const Rows *rows, i32 i, f32x4 x) {
  wasm_v128_store32_lane(to + rows->at[0] + i, x, 0);
  wasm_v128_store32_lane(to + rows->at[1] + i, x, 1);
  wasm_v128_store32_lane(to + rows->at[2] + i, x, 2);
  wasm_v128_store32_lane(to + rows->at[3] + i, x, 3);
}

INLINE f32x4 up_to(const float *from, i32 count, float nothing) {
  const v128_t there = wasm_i32x4_gt(wasm_i32x4_splat(count), wasm_i32x4_const(0, 1, 2, 3));
  return where(there, load4(from), all4(nothing));
}

/* What is not a number may be passed over here: its power, which is summed up, is none either. */
INLINE f32x4 largest4(f32x4 x) {
  x = wasm_f32x4_pmax(x, wasm_i32x4_shuffle(x, x, 2, 3, 0, 1));
  return wasm_f32x4_pmax(x, wasm_i32x4_shuffle(x, x, 1, 0, 3, 2));
}

INLINE i32 rows_a_chunk(i32 columns) { return 4 * most(1, STRETCH / 8 / columns); }

/* For each group of rows of a chunk: `few` does four of them, `many` one. */
#define OVER_ROWS(few, many) \
  const i32 n = a->columns, together = rows_a_chunk(n); \
  FOR_CHUNKS(chunk, ceil_div(a->rows, together)) { \
    const i32 last = least(a->rows, (chunk + 1) * together); \
    if (n < FEW) { \
      for (i32 row = chunk * together; row < last; row += 4) few(a, four_rows(row, last - 1, n)); \
    } else { \
      for (i32 row = chunk * together; row < last; row += 1) many(a, row * n); \
    } \
  }

INLINE f32x4 largest_of_few(const RowsArgs *a, const Rows *rows) {
  f32x4 top = gather4(a->from, rows, 0);
  for (i32 i = 1; i < a->columns; i += 1) top = wasm_f32x4_pmax(top, gather4(a->from, rows, i));
  return top;
}

INLINE f32x4 largest_of_many(const RowsArgs *a, i32 at) {
  const i32 n = a->columns, whole = n / 4 * 4;
  const float *from = a->from + at;
  f32x4 top = load4(from);
  for (i32 i = 4; i < whole; i += 4) top = wasm_f32x4_pmax(top, load4(from + i));
  if (whole < n) top = wasm_f32x4_pmax(top, up_to(from + whole, n - whole, -__builtin_inff()));
  return largest4(top);
}

static void softmax_of_few(const RowsArgs *a, Rows rows) {
  const f32x4 top = largest_of_few(a, &rows);
  f32x4 sum = zero4();
  for (i32 i = 0; i < a->columns; i += 1) {
    const f32x4 power = exp4(sub4(gather4(a->from, &rows, i), top));
    scatter4(a->to, &rows, i, power);
    sum = add4(sum, power);
  }
  for (i32 i = 0; i < a->columns; i += 1) scatter4(a->to, &rows, i, wasm_f32x4_div(gather4(a->to, &rows, i), sum));
}

static void softmax_of_many(const RowsArgs *a, i32 at) {
  const i32 n = a->columns, whole = n / 4 * 4;
  const float *from = a->from + at;
  float *to = a->to + at;
  const f32x4 top = largest_of_many(a, at);
  f32x4 sums = zero4();
  for (i32 i = 0; i < whole; i += 4) {
    const f32x4 power = exp4(sub4(load4(from + i), top));
    store4(to + i, power);
    sums = add4(sums, power);
  }
  f32x4 rest = zero4();
  if (whole < n) rest = exp4(sub4(up_to(from + whole, n - whole, -__builtin_inff()), top));
  const f32x4 sum = all4(sum4(add4(sums, rest)));
  for (i32 i = 0; i < whole; i += 4) store4(to + i, wasm_f32x4_div(load4(to + i), sum));
  put4(to + whole, wasm_f32x4_div(rest, sum), n - whole);
}

void softmax(const Thread *thread, const RowsArgs *a) {
  (void)thread;
  OVER_ROWS(softmax_of_few, softmax_of_many)
}

static void log_softmax_of_few(const RowsArgs *a, Rows rows) {
  const f32x4 top = largest_of_few(a, &rows);
  f32x4 sum = zero4();
  for (i32 i = 0; i < a->columns; i += 1) sum = add4(sum, exp4(sub4(gather4(a->from, &rows, i), top)));
  const f32x4 under = log4(sum);
  for (i32 i = 0; i < a->columns; i += 1) {
    scatter4(a->to, &rows, i, sub4(sub4(gather4(a->from, &rows, i), top), under));
  }
}

static void log_softmax_of_many(const RowsArgs *a, i32 at) {
  const i32 n = a->columns;
  const f32x4 top = largest_of_many(a, at);
  f32x4 sums = zero4();
  for (i32 i = 0; i < n; i += 4) {
    sums = add4(sums, exp4(sub4(up_to(a->from + at + i, n - i, -__builtin_inff()), top)));
  }
  const f32x4 under = log4(all4(sum4(sums)));
  for (i32 i = 0; i < n; i += 4) put4(a->to + at + i, sub4(sub4(load4(a->from + at + i), top), under), n - i);
}

void log_softmax(const Thread *thread, const RowsArgs *a) {
  (void)thread;
  OVER_ROWS(log_softmax_of_few, log_softmax_of_many)
}

static void softmax_gradient_of_few(const RowsGradientArgs *a, Rows rows) {
  f32x4 along = zero4();
  for (i32 i = 0; i < a->columns; i += 1) {
    along = fma4(gather4(a->gradient, &rows, i), gather4(a->output, &rows, i), along);
  }
  for (i32 i = 0; i < a->columns; i += 1) {
    const f32x4 rest = sub4(gather4(a->gradient, &rows, i), along);
    scatter4(a->gradient, &rows, i, mul4(gather4(a->output, &rows, i), rest));
  }
}

static void softmax_gradient_of_many(const RowsGradientArgs *a, i32 at) {
  const i32 n = a->columns;
  const float *y = a->output + at;
  float *gradient = a->gradient + at;
  f32x4 sums = zero4();
  for (i32 i = 0; i < n; i += 4) sums = fma4(up_to(gradient + i, n - i, 0), up_to(y + i, n - i, 0), sums);
  const f32x4 along = all4(sum4(sums));
  for (i32 i = 0; i < n; i += 4) put4(gradient + i, mul4(load4(y + i), sub4(load4(gradient + i), along)), n - i);
}

void softmax_gradient(const Thread *thread, const RowsGradientArgs *a) {
  (void)thread;
  OVER_ROWS(softmax_gradient_of_few, softmax_gradient_of_many)
}

static void log_softmax_gradient_of_few(const RowsGradientArgs *a, Rows rows) {
  f32x4 sum = zero4();
  for (i32 i = 0; i < a->columns; i += 1) sum = add4(sum, gather4(a->gradient, &rows, i));
  for (i32 i = 0; i < a->columns; i += 1) {
    const f32x4 share = mul4(exp4(gather4(a->output, &rows, i)), sum);
    scatter4(a->gradient, &rows, i, sub4(gather4(a->gradient, &rows, i), share));
  }
}

static void log_softmax_gradient_of_many(const RowsGradientArgs *a, i32 at) {
  const i32 n = a->columns;
  const float *y = a->output + at;
  float *gradient = a->gradient + at;
  f32x4 sums = zero4();
  for (i32 i = 0; i < n; i += 4) sums = add4(sums, up_to(gradient + i, n - i, 0));
  const f32x4 sum = all4(sum4(sums));
  for (i32 i = 0; i < n; i += 4) {
    put4(gradient + i, sub4(load4(gradient + i), mul4(exp4(load4(y + i)), sum)), n - i);
  }
}

void log_softmax_gradient(const Thread *thread, const RowsGradientArgs *a) {
  (void)thread;
  OVER_ROWS(log_softmax_gradient_of_few, log_softmax_gradient_of_many)
}
