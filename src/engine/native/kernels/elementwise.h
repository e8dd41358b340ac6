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

#define ELEMENTWISE_OPERATIONS(X) \
  X(activate, ActivateArgs) \
  X(activate_gradient, ActivateGradientArgs) \
  X(prelu, PreluArgs) \
  X(prelu_gradient, PreluGradientArgs)
