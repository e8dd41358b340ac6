/**
 * Matrix products, 6 × 8 numbers of the result in registers at a time, that is 12 of the 16 vectors that x86 has.
 * Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication"; rows by pointers instead of copies as
 * in Dukhan 2019, "The indirect convolution algorithm".
 */
#include "products.h"
#include "operations.h"

void pack(const Thread *thread, const PackArgs *a) {
  (void)thread;
  const i32 panels = ceil_div(a->columns, 8);
  const i32 depth = a->tap_count * a->depth;
  FOR_CHUNKS(panel, panels) {
    float *to = a->to + panel * depth * 8;
    const i32 first = panel * 8;
    const i32 count = least(8, a->columns - first);
    for (i32 tap = 0; tap < a->tap_count; tap += 1) {
      const float *from = a->from + a->taps[tap] + first * a->column_stride;
      if (count == 8 && a->column_stride == 1) {
        for (i32 d = 0; d < a->depth; d += 1, to += 8, from += a->depth_stride) {
          store4(to, load4(from));
          store4(to + 4, load4(from + 4));
        }
        continue;
      }
      for (i32 d = 0; d < a->depth; d += 1, to += 8, from += a->depth_stride) {
        for (i32 n = 0; n < 8; n += 1) to[n] = n < count ? from[n * a->column_stride] : 0;
      }
    }
  }
}

/* k-th number of each row times row k of the panel, added to the sums s<row><half>. */
#define ROW(i, k) \
  { \
    const f32x4 x = spread(a##i + k); \
    s##i##0 = fma4(x, b0, s##i##0); \
    s##i##1 = fma4(x, b1, s##i##1); \
  }
#define EACH_1(X, k) X(0, k)
#define EACH_2(X, k) EACH_1(X, k) X(1, k)
#define EACH_3(X, k) EACH_2(X, k) X(2, k)
#define EACH_4(X, k) EACH_3(X, k) X(3, k)
#define EACH_5(X, k) EACH_4(X, k) X(4, k)
#define EACH_6(X, k) EACH_5(X, k) X(5, k)
#define DEPTH(M, k) \
  { \
    const f32x4 b0 = load4(b + 8 * k), b1 = load4(b + 8 * k + 4); \
    EACH_##M(ROW, k) \
  }
#define BEGIN(i, _) f32x4 s##i##0 = first0, s##i##1 = first1;
#define POINT(i, _) const float *a##i = tile->rows[i] + offset;
#define ADVANCE(i, n) a##i += n;
#define FINISH(i, _) finish(tile->to[i], s##i##0, s##i##1, tile->columns, add, relu);

INLINE void finish(float *to, f32x4 low, f32x4 high, i32 columns, i32 add, i32 relu) {
  if (columns >= 8) {
    if (add) {
      low = add4(low, load4(to));
      high = add4(high, load4(to + 4));
    }
    store4(to, relu ? relu4(low) : low);
    store4(to + 4, relu ? relu4(high) : high);
    return;
  }
  /* The columns there are, and not one more: others stand behind them. */
  if (add) {
    float kept[8];
    for (i32 n = 0; n < 8; n += 1) kept[n] = n < columns ? to[n] : 0;
    low = add4(low, load4(kept));
    high = add4(high, load4(kept + 4));
  }
  if (relu) {
    low = relu4(low);
    high = relu4(high);
  }
  if (columns >= 4) {
    store4(to, low);
    to += 4;
    columns -= 4;
    low = high;
  }
  if (columns >= 2) {
    wasm_v128_store64_lane(to, low, 0);
    if (columns == 3) wasm_v128_store32_lane(to + 2, low, 2);
  } else if (columns == 1) {
    wasm_v128_store32_lane(to, low, 0);
  }
}

#define TILE(M) \
  static OUTLINED void tile_##M(const Tile *tile, const float *b, i32 segments, i32 run, const i32 *offsets, \
                                const float *bias, i32 add, i32 relu) { \
    const f32x4 first0 = bias ? load4(bias) : zero4(), first1 = bias ? load4(bias + 4) : zero4(); \
    EACH_##M(BEGIN, 0) \
    for (i32 segment = 0; segment < segments; segment += 1) { \
      const i32 offset = offsets[segment]; \
      EACH_##M(POINT, 0) \
      i32 k = run; \
      for (; k >= 4; k -= 4, b += 32) { \
        DEPTH(M, 0) DEPTH(M, 1) DEPTH(M, 2) DEPTH(M, 3) \
        EACH_##M(ADVANCE, 4) \
      } \
      for (; k > 0; k -= 1, b += 8) { \
        DEPTH(M, 0) \
        EACH_##M(ADVANCE, 1) \
      } \
    } \
    EACH_##M(FINISH, 0) \
  }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)

const TileOf tile_of[7] = {0, tile_1, tile_2, tile_3, tile_4, tile_5, tile_6};

void tiles(const Thread *thread, const TilesArgs *a) {
  const Windows *w = &a->windows;
  const i32 depth = w->segments * w->run;
  const i32 panels = ceil_div(a->outputs, 8);
  const i32 groups = ceil_div(panels, a->panels);
  const i32 blocks = ceil_div(w->rows, w->block);
  FOR_CHUNKS(chunk, w->images * blocks * groups) {
    const i32 group = chunk % groups;
    const i32 block = chunk / groups % blocks;
    const i32 image = chunk / groups / blocks;
    const i32 first = block * w->block;
    const i32 rows = least(w->block, w->rows - first);
    const Strip strip = strip_of(w, image, first, rows, thread->scratch);
    float *to = a->to + image * a->image_stride + first * a->row_stride;
    const i32 windows = rows * w->columns;
    const i32 last = least(panels, (group + 1) * a->panels);
    for (i32 panel = group * a->panels; panel < last; panel += 1) {
      const float *b = a->packed + panel * depth * 8;
      Tile tile;
      tile.columns = a->outputs - panel * 8;
      float bias[8];
      if (a->bias) {
        for (i32 n = 0; n < 8; n += 1) bias[n] = n < tile.columns ? a->bias[panel * 8 + n] : 0;
      }
      i32 row = 0, column = 0;
      for (i32 done = 0; done < windows; done += 6) {
        const i32 count = least(6, windows - done);
        for (i32 i = 0; i < count; i += 1) {
          tile.rows[i] = strip.at + row * strip.row + column * strip.column;
          tile.to[i] = to + row * a->row_stride + column * a->column_stride + panel * 8;
          if (++column == w->columns) {
            column = 0;
            row += 1;
          }
        }
        tile_of[count](&tile, b, w->segments, w->run, w->offsets, a->bias ? bias : 0, a->add, a->relu);
      }
    }
  }
}

/* As above, with the numbers of a column of A side by side: sums over pixels, A and B moving on by their strides. */
#define OUTER_ROW(i, _) \
  { \
    const f32x4 x = spread(a + i); \
    s##i##0 = fma4(x, b0, s##i##0); \
    s##i##1 = fma4(x, b1, s##i##1); \
  }
/* Four pixels at once: each sum comes into a register and leaves it once for them. */
#define OUTER_ROW_4(i, _) \
  { \
    const f32x4 x0 = spread(a + i), x1 = spread(a1 + i), x2 = spread(a2 + i), x3 = spread(a3 + i); \
    s##i##0 = fma4(x3, b30, fma4(x2, b20, fma4(x1, b10, fma4(x0, b00, s##i##0)))); \
    s##i##1 = fma4(x3, b31, fma4(x2, b21, fma4(x1, b11, fma4(x0, b01, s##i##1)))); \
  }
#define OUTER_BEGIN(i, _) f32x4 s##i##0 = zero4(), s##i##1 = zero4();
#define OUTER_FINISH(i, _) finish(to + i * stride, s##i##0, s##i##1, outputs, add, 0);

#define OUTER(M) \
  static OUTLINED void outer_##M(const Strip *strip, const float *from, i32 rows, i32 columns, i32 row_stride, \
                                 i32 column_stride, float *to, i32 stride, i32 outputs, i32 add, i32 offset) { \
    EACH_##M(OUTER_BEGIN, 0) \
    const i32 step = strip->column; \
    for (i32 row = 0; row < rows; row += 1) { \
      const float *a = strip->at + offset + row * strip->row; \
      const float *b = from + row * row_stride; \
      i32 column = columns; \
      for (; column >= 4; column -= 4, a += 4 * step, b += 4 * column_stride) { \
        const float *a1 = a + step, *a2 = a1 + step, *a3 = a2 + step; \
        const float *c1 = b + column_stride, *c2 = c1 + column_stride, *c3 = c2 + column_stride; \
        const f32x4 b00 = load4(b), b01 = load4(b + 4), b10 = load4(c1), b11 = load4(c1 + 4); \
        const f32x4 b20 = load4(c2), b21 = load4(c2 + 4), b30 = load4(c3), b31 = load4(c3 + 4); \
        EACH_##M(OUTER_ROW_4, 0) \
      } \
      for (; column > 0; column -= 1, a += step, b += column_stride) { \
        const f32x4 b0 = load4(b), b1 = load4(b + 4); \
        EACH_##M(OUTER_ROW, 0) \
      } \
    } \
    EACH_##M(OUTER_FINISH, 0) \
  }
OUTER(1) OUTER(2) OUTER(3) OUTER(4) OUTER(5) OUTER(6)

const OuterOf outer_of[7] = {0, outer_1, outer_2, outer_3, outer_4, outer_5, outer_6};

void outer(const Thread *thread, const OuterArgs *a) {
  const Windows *w = &a->windows;
  const i32 tiles_a_run = ceil_div(w->run, 6);
  const i32 tile_count = w->segments * tiles_a_run;
  const i32 panels = ceil_div(a->outputs, 8);
  FOR_CHUNKS(chunk, a->parts * a->splits) {
    const i32 part = chunk / a->splits, split = chunk % a->splits;
    const i32 first_tile = tile_count * split / a->splits, last_tile = tile_count * (split + 1) / a->splits;
    const i32 first_image = w->images * part / a->parts, last_image = w->images * (part + 1) / a->parts;
    float *sum = a->to + part * a->part_stride;
    i32 add = 0;
    for (i32 image = first_image; image < last_image; image += 1) {
      for (i32 first = 0; first < w->rows; first += w->block) {
        const i32 rows = least(w->block, w->rows - first);
        const Strip strip = strip_of(w, image, first, rows, thread->scratch);
        const float *from = a->from + image * a->image_stride + first * a->row_stride;
        for (i32 panel = 0; panel < panels; panel += 1) {
          for (i32 tile = first_tile; tile < last_tile; tile += 1) {
            const i32 segment = tile / tiles_a_run, at = tile % tiles_a_run * 6;
            outer_of[least(6, w->run - at)](&strip, from + panel * 8, rows, w->columns, a->row_stride,
                                            a->column_stride, sum + (segment * w->run + at) * a->stride + panel * 8,
                                            a->stride, a->outputs - panel * 8, add, w->offsets[segment] + at);
          }
        }
        add = 1;
      }
    }
  }
}
