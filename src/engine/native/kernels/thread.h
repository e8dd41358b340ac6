/**
 * One instruction after another, all threads on the same one. An instruction is cut into chunks by its shapes alone,
 * never by the number of threads, and each thread takes the next chunk that is left: results are the same on any
 * number of threads.
 */
#pragma once
#include "simd.h"

typedef struct {
  u32 id;
  u32 threads;
  /** Memory of this thread alone, within one chunk. */
  float *scratch;
} Thread;

/** The number of the next chunk of the present instruction that nobody has taken. */
u32 take_chunk(void);

/** For each chunk that this thread gets. */
#define FOR_CHUNKS(chunk, count) for (i32 chunk; (chunk = (i32)take_chunk()) < (i32)(count);)
