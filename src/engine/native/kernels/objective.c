/** Losses with their gradients, and what weights add to them. The formulas stand in src/recipe/losses. */
#include "functions.h"
#include "operations.h"

#define ROWS_TOGETHER 16
/** Least probability whose logarithm is taken. */
#define LEAST 1e-7f

static float largest(const float *row, i32 count) {
  float most_so_far = row[0];
  /* Written so that not a number is taken too. */
  for (i32 i = 1; i < count; i += 1) most_so_far = row[i] <= most_so_far ? most_so_far : row[i];
  return most_so_far;
}

/** to = softmax of a row; gives ln Σ eˣ. */
static float softmax_row(const float *row, float *to, i32 count) {
  const float top = largest(row, count);
  float sum = 0;
  for (i32 i = 0; i < count; i += 1) {
    to[i] = exp1(row[i] - top);
    sum += to[i];
  }
  for (i32 i = 0; i < count; i += 1) to[i] /= sum;
  return top + log1(sum);
}

/** The class of a row, as src/recipe/metrics says. */
static i32 class_of(const LossArgs *a, const float *row) {
  if (a->columns == 1) {
    const float threshold = a->from == OUTPUTS ? 0.5f : a->from == SIGMOID_LOGITS ? 0 : -__builtin_inff();
    return row[0] > threshold;
  }
  i32 best = 0;
  for (i32 i = 1; i < a->columns; i += 1) {
    if (row[i] > row[best]) best = i;
  }
  return best;
}

INLINE float wanted(const LossArgs *a, i32 row, i32 column) {
  if (!a->classes) return a->targets[row * a->columns + column];
  const float class = a->targets[row];
  return a->columns == 1 ? class : (float)((i32)class == column);
}

/** Loss of a row; its gradient to `slope`, which holds `columns` numbers. */
static float cross_entropy(const LossArgs *a, i32 row, const float *z, float *slope) {
  const i32 n = a->columns;
  const i32 class = (i32)a->targets[row];
  if (a->from == SIGMOID_LOGITS) {
    float loss = 0;
    for (i32 i = 0; i < n; i += 1) {
      const float t = wanted(a, row, i);
      loss += softplus1((1 - 2 * t) * z[i]);
      slope[i] = sigmoid1(z[i]) - t;
    }
    return loss;
  }
  if (a->from == SOFTMAX_LOGITS && n > 1) {
    const float log_sum = softmax_row(z, slope, n);
    slope[class] -= 1;
    return log_sum - z[class];
  }
  for (i32 i = 0; i < n; i += 1) slope[i] = 0;
  /* A softmax over one number is always 1. */
  const float output = a->from == SOFTMAX_LOGITS ? 1 : z[n == 1 ? 0 : class];
  const float sign = n == 1 && class == 0 ? -1 : 1;
  const float probability = sign > 0 ? output : 1 - output;
  if (probability < LEAST || probability > 1) return probability > 1 ? 0 : -log1(LEAST);
  if (a->from == OUTPUTS) slope[n == 1 ? 0 : class] = -sign / probability;
  return -log1(probability);
}

static float squared_error(const LossArgs *a, i32 row, const float *z, float *slope, float *outputs) {
  const i32 n = a->columns;
  if (a->from == SOFTMAX_LOGITS) softmax_row(z, outputs, n);
  for (i32 i = 0; i < n; i += 1) {
    if (a->from == OUTPUTS) outputs[i] = z[i];
    if (a->from == SIGMOID_LOGITS) outputs[i] = sigmoid1(z[i]);
  }
  float sum = 0, along = 0;
  for (i32 i = 0; i < n; i += 1) {
    const float error = outputs[i] - wanted(a, row, i);
    sum += error * error;
    slope[i] = 2 * error / (float)n;
    along += slope[i] * outputs[i];
  }
  for (i32 i = 0; i < n; i += 1) {
    if (a->from == SOFTMAX_LOGITS) slope[i] = outputs[i] * (slope[i] - along);
    if (a->from == SIGMOID_LOGITS) slope[i] *= outputs[i] * (1 - outputs[i]);
  }
  return sum / (float)n;
}

void losses(const Thread *thread, const LossArgs *a) {
  float *results = a->results;
  const i32 n = a->columns;
  FOR_CHUNKS(chunk, ceil_div(a->rows, ROWS_TOGETHER)) {
    const i32 last = least(a->rows, (chunk + 1) * ROWS_TOGETHER);
    for (i32 row = chunk * ROWS_TOGETHER; row < last; row += 1) {
      const float *z = a->predictions + row * n;
      float *slope = thread->scratch, *outputs = thread->scratch + n;
      const float loss =
          a->loss == CROSS_ENTROPY ? cross_entropy(a, row, z, slope) : squared_error(a, row, z, slope, outputs);
      const float count = a->counts[row];
      /* What counts for nothing does so even where it is not a number. */
      results[row] = count == 0 ? 0 : count * loss;
      results[2 * a->rows + row] = (float)class_of(a, z);
      results[a->rows + row] = a->classes && results[2 * a->rows + row] == a->targets[row] ? count : 0;
      if (!a->gradient) continue;
      const float factor = count * a->weight * a->control->share;
      for (i32 i = 0; i < n; i += 1) a->gradient[row * n + i] = count == 0 ? 0 : factor * slope[i];
    }
  }
}

void total(const Thread *thread, const TotalArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, 1) {
    double sum = 0;
    for (i32 i = 0; i < a->count; i += 1) sum += (double)a->from[i];
    a->to[chunk] = (float)sum;
  }
}

#define STRETCH 16384

void penalty(const Thread *thread, const PenaltyArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, STRETCH)) {
    const i32 end = least(a->count, (chunk + 1) * STRETCH);
    double sum = 0;
    for (i32 i = chunk * STRETCH; i < end; i += 1) {
      const float w = a->weight[i];
      sum += (double)(a->l1 * __builtin_fabsf(w) + a->l2 * w * w);
      if (a->gradient) a->gradient[i] += a->l1 * (float)((w > 0) - (w < 0)) + 2 * a->l2 * w;
    }
    a->sums[chunk] = (float)sum;
  }
}
