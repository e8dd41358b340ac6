/** What draws random numbers: dropout and noise, by the streams of src/core/random.ts. */
#pragma once
#include "arguments.h"

/**
 * By bits of the stream (control.seed, key) at the control's step: to = from·factor[k] + offset[k], k = 0 where a
 * number's bits are below `threshold`, 1 elsewhere. The i-th number takes the i-th bits.
 */
typedef struct {
  const float *from;
  float *to;
  const Control *control;
  u32 key;
  i32 count;
  u32 threshold;
  float factor[2];
  float offset[2];
} DropArgs;

/** By normal numbers n of that stream: to = from·n where `multiply`, from + n elsewhere. */
typedef struct {
  const float *from;
  float *to;
  const Control *control;
  u32 key;
  i32 count;
  float mean;
  float deviation;
  i32 multiply;
} NoiseArgs;

#define RANDOM_OPERATIONS(X) \
  X(drop, DropArgs) \
  X(noise, NoiseArgs)
