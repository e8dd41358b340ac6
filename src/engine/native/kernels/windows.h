/** What the windows of some output rows see of an image, with zeros where it is padded. */
#pragma once
#include "arguments.h"

typedef struct {
  /** First pixel of the first window. */
  const float *at;
  /** From a window to the one below, and to the one beside. */
  i32 row;
  i32 column;
} Strip;

/** Rows `first` … `first + rows` of the windows; copied to `scratch` unless it can be read in place. */
Strip strip_of(const Windows *w, i32 image, i32 first, i32 rows, float *scratch);
