/**
 * Convolutions by 3 × 3 filters with a fourth of the products: F(4 × 4, 3 × 3) takes 36 for 16 outputs where 144 are
 * written down. Lavin & Gray 2016, "Fast algorithms for convolutional neural networks", §4; Bᵀ, G and Aᵀ are theirs.
 * The gradients are those of the three linear maps: of the filters G·g·Gᵀ, of the images Bᵀ·d·B, of the sums Aᵀ·m·A.
 */
#include "products.h"
#include "operations.h"

#define SIDE 6
#define PLACES 36
#define OUT 4

/* Each takes vectors that stand `step` apart, and writes as many as it gives `to_step` apart. */

/** Bᵀ·d: 6 → 6 */
INLINE void of_images(const f32x4 *d, i32 step, f32x4 *to, i32 to_step) {
  const f32x4 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  const f32x4 four = all4(4), two = all4(2), minus5 = all4(-5);
  const f32x4 even = fma4(d2, all4(-4), d4), odd = fma4(d1, all4(-4), d3);
  const f32x4 even2 = sub4(d4, d2), odd2 = mul4(two, sub4(d3, d1));
  to[0] = fma4(four, d0, fma4(minus5, d2, d4));
  to[to_step] = add4(even, odd);
  to[2 * to_step] = sub4(even, odd);
  to[3 * to_step] = add4(even2, odd2);
  to[4 * to_step] = sub4(even2, odd2);
  to[5 * to_step] = fma4(four, d1, fma4(minus5, d3, d5));
}

/** Aᵀ·m: 6 → 4 */
INLINE void of_sums(const f32x4 *m, i32 step, f32x4 *to, i32 to_step) {
  const f32x4 m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
  const f32x4 sum = add4(m1, m2), difference = sub4(m1, m2), sum2 = add4(m3, m4), difference2 = sub4(m3, m4);
  to[0] = add4(m[0], add4(sum, sum2));
  to[to_step] = fma4(all4(2), difference2, difference);
  to[2 * to_step] = fma4(all4(4), sum2, sum);
  to[3 * to_step] = add4(fma4(all4(8), difference2, difference), m[5 * step]);
}

/** A·d: 4 → 6 */
INLINE void of_gradients(const f32x4 *d, i32 step, f32x4 *to, i32 to_step) {
  const f32x4 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  const f32x4 even = add4(d0, d2), odd = add4(d1, d3);
  const f32x4 even2 = fma4(all4(4), d2, d0), odd2 = mul4(all4(2), fma4(all4(4), d3, d1));
  to[0] = d0;
  to[to_step] = add4(even, odd);
  to[2 * to_step] = sub4(even, odd);
  to[3 * to_step] = add4(even2, odd2);
  to[4 * to_step] = sub4(even2, odd2);
  to[5 * to_step] = d3;
}

/** G·g: 3 → 6 */
INLINE void of_filters(const f32x4 *g, i32 step, f32x4 *to, i32 to_step) {
  const f32x4 g0 = g[0], g1 = g[step], g2 = g[2 * step];
  const f32x4 sixth = all4(-1.0f / 6), ends = add4(g0, g2);
  const f32x4 middle = mul4(all4(1.0f / 12), g1), spread = fma4(all4(1.0f / 24), g0, mul4(all4(1.0f / 6), g2));
  to[0] = mul4(all4(0.25f), g0);
  to[to_step] = mul4(sixth, add4(ends, g1));
  to[2 * to_step] = mul4(sixth, sub4(ends, g1));
  to[3 * to_step] = add4(spread, middle);
  to[4 * to_step] = sub4(spread, middle);
  to[5 * to_step] = g2;
}

/** Gᵀ·u: 6 → 3 */
INLINE void of_filter_gradients(const f32x4 *u, i32 step, f32x4 *to, i32 to_step) {
  const f32x4 sum = add4(u[step], u[2 * step]), difference = sub4(u[2 * step], u[step]);
  const f32x4 sum2 = add4(u[3 * step], u[4 * step]), difference2 = sub4(u[3 * step], u[4 * step]);
  const f32x4 sixth = all4(1.0f / 6), twelfth = all4(1.0f / 12), t24 = all4(1.0f / 24);
  to[0] = fma4(t24, sum2, fma4(sixth, wasm_f32x4_neg(sum), mul4(all4(0.25f), u[0])));
  to[to_step] = fma4(twelfth, difference2, mul4(sixth, difference));
  to[2 * to_step] = fma4(sixth, sub4(sum2, sum), u[5 * step]);
}

/** Four outputs' numbers of a tap and an input; past the last output none. */
INLINE f32x4 four_filters(const WinogradFiltersArgs *a, const float *from, i32 count) {
  if (a->output_stride == 1 && count >= 4) return load4(from);
  float values[4] = {0};
  for (i32 n = 0; n < least(4, count); n += 1) values[n] = from[n * a->output_stride];
  return load4(values);
}

void winograd_filters(const Thread *thread, const WinogradFiltersArgs *a) {
  (void)thread;
  const i32 panels = ceil_div(a->outputs, 8);
  FOR_CHUNKS(half_panel, 2 * panels) {
    const i32 panel = half_panel / 2, first = half_panel * 4, n = first % 8;
    f32x4 g[9], half[18], whole[SIDE];
    for (i32 input = 0; input < a->inputs; input += 1) {
      const float *from = a->from + input * a->input_stride + first * a->output_stride;
      for (i32 tap = 0; tap < 9; tap += 1) {
        g[a->turned ? 8 - tap : tap] = four_filters(a, from + tap * a->tap_stride, a->outputs - first);
      }
      for (i32 column = 0; column < 3; column += 1) of_filters(g + column, 3, half + column, 3);
      float *to = a->to + (panel * a->inputs + input) * 8 + n;
      for (i32 row = 0; row < SIDE; row += 1) {
        of_filters(half + row * 3, 1, whole, 1);
        for (i32 column = 0; column < SIDE; column += 1, to += panels * a->inputs * 8) store4(to, whole[column]);
      }
    }
  }
}

/** Where the tiles of a block lie. */
typedef struct {
  i32 image;
  /** First row and column of its outputs. */
  i32 row;
  i32 column;
} Corner;

static Corner corner_of(const WinogradWindows *w, i32 tile) {
  const i32 across = ceil_div(w->columns, OUT), down = ceil_div(w->rows, OUT);
  return (Corner){tile / (across * down), tile / across % down * OUT, tile % across * OUT};
}

static i32 tiles_of(const WinogradWindows *w) {
  return w->images * ceil_div(w->rows, OUT) * ceil_div(w->columns, OUT);
}

/** Whether any of a pixel's numbers is not 0. */
static i32 is_lit(const float *pixel, i32 channels) {
  for (i32 c = 0; c < channels; c += 4) {
    if (wasm_v128_any_true(wasm_f32x4_ne(load4(pixel + c), zero4()))) return 1;
  }
  return 0;
}

/**
 * A bit for each of the 4 × 4 outputs of a tile whose window holds nothing but zeros, row by row. Such an output is
 * exactly 0, which the sums of the way there would make a rounding error of; a ReLU after it tells the two apart.
 */
static u32 blanks_of(const WinogradWindows *w, Corner at) {
  const i32 top = at.row - w->top, left = at.column - w->left;
  const i32 pitch = w->width * w->channels;
  const float *image = w->images_at + at.image * w->height * pitch;
  u32 lit[SIDE];
  for (i32 row = 0; row < SIDE; row += 1) {
    const i32 y = top + row;
    u32 line = 0;
    for (i32 column = 0; column < SIDE && y >= 0 && y < w->height; column += 1) {
      const i32 x = left + column;
      if (x >= 0 && x < w->width && is_lit(image + y * pitch + x * w->channels, w->channels)) line |= 1u << column;
    }
    lit[row] = line | line >> 1 | line >> 2;
  }
  u32 blanks = 0;
  for (i32 row = 0; row < OUT; row += 1) blanks |= (~(lit[row] | lit[row + 1] | lit[row + 2]) & 15) << (OUT * row);
  return blanks;
}

/** to[36][channels] of a tile, places `apart` floats from one another: what it sees, zeros where it is padded. */
static void see(const WinogradWindows *w, Corner at, float *to, i32 apart) {
  const i32 top = at.row - w->top, left = at.column - w->left;
  const i32 pitch = w->width * w->channels;
  const float *image = w->images_at + at.image * w->height * pitch;
  const i32 inside = top >= 0 && left >= 0 && top + SIDE <= w->height && left + SIDE <= w->width;
  f32x4 d[SIDE], half[PLACES], whole[SIDE];
  for (i32 c = 0; c < w->channels; c += 4) {
    if (inside) {
      const float *from = image + top * pitch + left * w->channels + c;
      for (i32 column = 0; column < SIDE; column += 1, from += w->channels) {
        for (i32 row = 0; row < SIDE; row += 1) d[row] = load4(from + row * pitch);
        of_images(d, 1, half + column, SIDE);
      }
    } else {
      for (i32 column = 0; column < SIDE; column += 1) {
        const i32 x = left + column;
        for (i32 row = 0; row < SIDE; row += 1) {
          const i32 y = top + row;
          const i32 there = x >= 0 && x < w->width && y >= 0 && y < w->height;
          d[row] = there ? load4(image + y * pitch + x * w->channels + c) : zero4();
        }
        of_images(d, 1, half + column, SIDE);
      }
    }
    float *place = to + c;
    for (i32 row = 0; row < SIDE; row += 1) {
      of_images(half + row * SIDE, 1, whole, 1);
      for (i32 column = 0; column < SIDE; column += 1, place += apart) store4(place, whole[column]);
    }
  }
}

/** The outputs of a tile from its sums m[36][outputs]. */
static void give(const WinogradArgs *a, Corner at, const float *m, i32 apart) {
  const u32 blanks = blanks_of(&a->windows, at);
  const WinogradWindows *w = &a->windows;
  const i32 rows = least(OUT, w->rows - at.row), columns = least(OUT, w->columns - at.column);
  float *corner = a->to + ((at.image * w->rows + at.row) * w->columns + at.column) * w->outputs;
  f32x4 s[SIDE], half[OUT * SIDE], whole[OUT];
  for (i32 n = 0; n < w->outputs; n += 4) {
    for (i32 column = 0; column < SIDE; column += 1) {
      const float *from = m + column * apart + n;
      for (i32 row = 0; row < SIDE; row += 1) s[row] = load4(from + row * SIDE * apart);
      of_sums(s, 1, half + column, SIDE);
    }
    const f32x4 bias = a->bias ? load4(a->bias + n) : zero4();
    for (i32 row = 0; row < rows; row += 1) {
      of_sums(half + row * SIDE, 1, whole, 1);
      float *to = corner + row * w->columns * w->outputs + n;
      for (i32 column = 0; column < columns; column += 1, to += w->outputs) {
        const i32 blank = blanks >> (OUT * row + column) & 1;
        f32x4 y = blank ? bias : add4(whole[column], bias);
        if (a->add) y = add4(y, load4(to));
        store4(to, a->relu ? relu4(y) : y);
      }
    }
  }
}

void winograd(const Thread *thread, const WinogradArgs *a) {
  static const i32 nowhere[1] = {0};
  const WinogradWindows *w = &a->windows;
  const i32 all = tiles_of(w), panels = ceil_div(w->outputs, 8);
  FOR_CHUNKS(chunk, ceil_div(all, w->block)) {
    const i32 first = chunk * w->block, count = least(w->block, all - first);
    const i32 seen_apart = w->block * w->channels, sums_apart = w->block * w->outputs;
    float *seen = thread->scratch, *sums = seen + PLACES * seen_apart;
    for (i32 t = 0; t < count; t += 1) see(w, corner_of(w, first + t), seen + t * w->channels, seen_apart);
    for (i32 place = 0; place < PLACES; place += 1) {
      for (i32 panel = 0; panel < panels; panel += 1) {
        const float *b = a->filters + (place * panels + panel) * w->channels * 8;
        Tile tile;
        tile.columns = w->outputs - panel * 8;
        for (i32 t = 0; t < count; t += 6) {
          const i32 rows = least(6, count - t);
          for (i32 i = 0; i < rows; i += 1) {
            tile.rows[i] = seen + place * seen_apart + (t + i) * w->channels;
            tile.to[i] = sums + place * sums_apart + (t + i) * w->outputs + panel * 8;
          }
          tile_of[rows](&tile, b, 1, w->channels, nowhere, 0, 0, 0);
        }
      }
    }
    for (i32 t = 0; t < count; t += 1) give(a, corner_of(w, first + t), sums + t * w->outputs, sums_apart);
  }
}

/** to[36][outputs] of a tile: what its outputs' gradients come to, none past the last row and column. */
static void pull(const WinogradSpreadArgs *a, Corner at, float *to, i32 apart) {
  const WinogradWindows *w = &a->windows;
  const i32 rows = least(OUT, w->rows - at.row), columns = least(OUT, w->columns - at.column);
  const float *corner = a->gradient + ((at.image * w->rows + at.row) * w->columns + at.column) * w->outputs;
  f32x4 d[OUT], half[SIDE * OUT], whole[SIDE];
  for (i32 n = 0; n < w->outputs; n += 4) {
    for (i32 column = 0; column < OUT; column += 1) {
      for (i32 row = 0; row < OUT; row += 1) {
        const i32 there = row < rows && column < columns;
        d[row] = there ? load4(corner + (row * w->columns + column) * w->outputs + n) : zero4();
      }
      of_gradients(d, 1, half + column, OUT);
    }
    float *place = to + n;
    for (i32 row = 0; row < SIDE; row += 1) {
      of_gradients(half + row * OUT, 1, whole, 1);
      for (i32 column = 0; column < SIDE; column += 1, place += apart) store4(place, whole[column]);
    }
  }
}

/** Tiles of a chunk. */
#define TILES_TOGETHER 16

void winograd_spread(const Thread *thread, const WinogradSpreadArgs *a) {
  (void)thread;
  const WinogradWindows *w = &a->windows;
  FOR_CHUNKS(chunk, ceil_div(a->count, TILES_TOGETHER)) {
    const i32 last = least(a->count, (chunk + 1) * TILES_TOGETHER);
    for (i32 t = chunk * TILES_TOGETHER; t < last; t += 1) {
      const Corner at = corner_of(w, a->first + t);
      see(w, at, a->seen + t * w->channels, a->count * w->channels);
      pull(a, at, a->pulled + t * w->outputs, a->count * w->outputs);
    }
  }
}

/** Tiles whose numbers stay in the first cache while all their products are taken. */
#define TILES_NEAR 64

void winograd_products(const Thread *thread, const WinogradProductsArgs *a) {
  (void)thread;
  const i32 panels = ceil_div(a->outputs, 8), rows = ceil_div(a->channels, 6);
  FOR_CHUNKS(chunk, PLACES * a->splits) {
    const i32 place = chunk / a->splits, split = chunk % a->splits;
    const i32 begin = rows * split / a->splits * 6, end = least(a->channels, rows * (split + 1) / a->splits * 6);
    float *to = a->to + place * a->channels * a->outputs;
    for (i32 first = 0; first < a->count; first += TILES_NEAR) {
      const i32 count = least(TILES_NEAR, a->count - first);
      const Strip strip = {a->seen + (place * a->count + first) * a->channels, 0, a->channels};
      const float *pulled = a->pulled + (place * a->count + first) * a->outputs;
      const i32 add = a->add || first > 0;
      for (i32 panel = 0; panel < panels; panel += 1) {
        for (i32 c = begin; c < end; c += 6) {
          outer_of[least(6, end - c)](&strip, pulled + panel * 8, 1, count, 0, a->outputs,
                                      to + c * a->outputs + panel * 8, a->outputs, a->outputs - panel * 8, add, c);
        }
      }
    }
  }
}

#define TOGETHER 256

void winograd_sum(const Thread *thread, const WinogradSumArgs *a) {
  (void)thread;
  FOR_CHUNKS(chunk, ceil_div(a->count, TOGETHER)) {
    const i32 end = least(a->count, (chunk + 1) * TOGETHER);
    for (i32 i = chunk * TOGETHER; i < end; i += 4) {
      f32x4 u[PLACES], half[3 * SIDE], whole[3];
      for (i32 place = 0; place < PLACES; place += 1) {
        u[place] = load4(a->from + place * a->count + i);
      }
      for (i32 column = 0; column < SIDE; column += 1) of_filter_gradients(u + column, SIDE, half + column, SIDE);
      for (i32 row = 0; row < 3; row += 1) {
        of_filter_gradients(half + row * SIDE, 1, whole, 1);
        for (i32 column = 0; column < 3; column += 1) store4(a->to + (row * 3 + column) * a->count + i, whole[column]);
      }
    }
  }
}
