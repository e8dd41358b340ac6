/** Activations, and what takes numbers of several inputs one by one. */
#pragma once
#include "arguments.h"

/** Those from GELU on have their gradients by their inputs, those before by their outputs. */
enum {
  RELU, RELU6, ELU, LEAKY, SIGMOID, TANH, SOFTPLUS,
  GELU, GELU_TANH, SWISH, HARD_SWISH, MISH, SOFTSIGN, HARD_SIGMOID
};

/** to = f(from); may be the same place. ELU is scale·x above 0 and scale·alpha·(eˣ − 1) below. */
typedef struct {
  const float *from;
  float *to;
  i32 count;
  i32 kind;
  float alpha;
  float scale;
} ActivateArgs;

/** gradient ·= f′, in place. */
typedef struct {
  /** Outputs or inputs, as the kind wants. */
  const float *known;
  float *gradient;
  i32 count;
  i32 kind;
  float alpha;
  float scale;
} ActivateGradientArgs;

/** to = x above 0, slope·x below, rows × columns numbers; as many slopes as columns, or one for all. */
typedef struct {
  const float *from;
  float *to;
  const float *slopes;
  i32 rows;
  i32 columns;
  i32 one;
} PreluArgs;

/** In place; `shares` are each number's parts of the slopes' gradients, to be summed. */
typedef struct {
  const float *from;
  float *gradient;
  const float *slopes;
  float *shares;
  i32 rows;
  i32 columns;
  i32 one;
} PreluGradientArgs;

enum { SUM, PRODUCT, DIFFERENCE, MAXIMUM, MINIMUM };

/** to = scale·(a ∘ b ∘ …), then max(0, ·) where `relu`, of up to four inputs of one shape; `to` may be one of them. */
typedef struct {
  const float *a;
  const float *b;
  /** 0: none, as the one after. */
  const float *c;
  const float *d;
  float *to;
  i32 count;
  i32 kind;
  float scale;
  i32 relu;
} MergeArgs;

/**
 * Two inputs under the sizes of what they come to together; along an axis that an input is repeated, its stride is 0.
 * The numbers of the last axis lie side by side.
 */
typedef struct {
  i32 sizes[5];
  i32 a[5];
  i32 b[5];
} Pairing;

/** to = scale·(a ∘ b), then max(0, ·) where `relu`. */
typedef struct {
  const float *a;
  const float *b;
  float *to;
  Pairing at;
  i32 kind;
  float scale;
  i32 relu;
} MergeRepeatedArgs;

/**
 * scale·gradient·∂(a ∘ b)/∂a, summed over the axes along which a is repeated; added to `to` where `add`. Of a sum it is
 * the gradient alone, a and b being read for products and extremes. Equal extremes share it.
 */
typedef struct {
  const float *gradient;
  const float *a;
  const float *b;
  float *to;
  Pairing at;
  i32 kind;
  float scale;
  i32 add;
} MergeGradientArgs;

/** to[i₀ … i₄] = from[Σ iₖ·strideₖ] (+ to); the numbers of `to` lie side by side. */
typedef struct {
  const float *from;
  float *to;
  i32 sizes[5];
  i32 strides[5];
  i32 add;
} PermuteArgs;

/** to[row] = table[from[row]], a row of `columns`; not a number where there is no such row. */
typedef struct {
  const float *from;
  const float *table;
  float *to;
  i32 rows;
  i32 columns;
  i32 words;
} LookUpArgs;

/** table[from[row]] += gradient[row]. */
typedef struct {
  const float *from;
  const float *gradient;
  float *table;
  i32 rows;
  i32 columns;
  i32 words;
} LookUpGradientArgs;

#define ELEMENTWISE_OPERATIONS(X) \
  X(merge, MergeArgs) \
  X(merge_repeated, MergeRepeatedArgs) \
  X(merge_gradient, MergeGradientArgs) \
  X(permute, PermuteArgs) \
  X(look_up, LookUpArgs) \
  X(look_up_gradient, LookUpGradientArgs) \
  X(activate, ActivateArgs) \
  X(activate_gradient, ActivateGradientArgs) \
  X(prelu, PreluArgs) \
  X(prelu_gradient, PreluGradientArgs)
