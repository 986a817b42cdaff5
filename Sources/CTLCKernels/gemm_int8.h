/// Products of matrices of bytes, for the instruction set of the file that includes this.
///
/// A panel's row is four rows of the matrix: 16 columns of four neighbours down a column each.
#include "bytes.h"
#include "panels.h"

enum {
  /// Rows of a tile, for which there are registers.
  tile_rows_int8 = LANES == 8 ? 4 : tile_rows,
  /// Bytes of rows of `a` that are used at a time, in a form that is nearer to what is computed with.
  wide_count = 1 << 16,
};

typedef struct {
  size_t count, a_stride, panel_stride, c_stride, columns;
  const int8_t *a, *panel;
  /// The rows' sums, and what is added to what sums start from: for each row, and each of the panels'
  /// columns; or null.
  const int32_t *sums, *more;
  const float *scales, *steps, *biases;
  float *c;
  /// What is fetched beside: from `next` on, `pace` bytes a step.
  const int8_t *next;
  size_t pace;
} step_int8;

/// `is_wide` says that rows of `a` are in the form that is nearer to what is computed with.
INLINE void tile_int8(const step_int8 *s, const int rows, const int panels, const int is_wide) {
  ints sum[tile_rows][tile_panels * parts];
  // What takes back the excess of left bytes.
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int v = 0; v < panels * parts; v++) sum[i][v] = (ints)start_of(s->sums[i]);
  if (s->more)
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int v = 0; v < panels * parts; v++) {
        ints more;
        memcpy(&more, s->more + (i * tile_panels * width + v * LANES), sizeof more);
        sum[i][v] += more;
      }
  const int8_t *a = s->a, *panel = s->panel, *next = s->next;
  const size_t stride = s->a_stride, panel_stride = s->panel_stride;
  for (size_t p = 0; p < s->count; p++) {
    right_bytes right[tile_panels * parts];
    UNROLL for (int q = 0; q < panels; q++) {
      // One or two rows read several panels side by side, which the processor fetches by itself.
      if (panels <= PANELS_OF(3) || !is_wide) __builtin_prefetch(next + q * panel_stride);
      UNROLL for (int v = 0; v < parts; v++)
        right[q * parts + v] = load_right(panel + q * panel_stride + 4 * v * LANES);
    }
    UNROLL for (int i = 0; i < rows; i++) {
      const left_bytes left = is_wide ? load_wide(a + i * stride) : load_left(a + i * stride);
      UNROLL for (int v = 0; v < panels * parts; v++)
        sum[i][v] = add_products(sum[i][v], left, right[v]);
    }
    panel += 4 * width;
    next += s->pace;
    a += is_wide ? 4 * wide_size : 4;
  }
  float edge[tile_rows * tile_panels * width];
  const int is_whole = s->columns == (size_t)panels * width;
  float *c = is_whole ? s->c : edge;
  const size_t c_stride = is_whole ? s->c_stride : (size_t)panels * width;
  UNROLL for (int v = 0; v < panels * parts; v++) {
    const floats bias = load(s->biases + v * LANES), steps = load(s->steps + v * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      const floats scale = s->scales[i];
      const floats x = __builtin_convertvector(sum[i][v], floats) * (scale * steps) + bias + 0.f;
      store(c + i * c_stride + v * LANES, nan_of(x, x));
    }
  }
  if (!is_whole) store_edge(s->c, s->c_stride, edge, c_stride, (size_t)rows, s->columns);
}

static void tiles_int8(const step_int8 *s, size_t rows, size_t panels) { TILES(tile_int8, s, 0) }
static void wide_tiles_int8(const step_int8 *s, size_t rows, size_t panels) {
  TILES(tile_int8, s, 1)
}

/// The products of what is left over from codes that are no bytes.
static void multiply_remainders(const tlc_int8_rows *a, size_t row, size_t rows,
                                const tlc_int8_matrix *b, size_t panel, size_t panels,
                                int32_t *more) {
  memset(more, 0, rows * tile_panels * width * sizeof *more);
  for (size_t i = 0; i < rows; i++) {
    const int8_t *codes = a->codes + (row + i) * a->stride;
    for (size_t q = 0; q < panels; q++)
      for (size_t r = b->remainder_starts[panel + q]; r < b->remainder_starts[panel + q + 1]; r++) {
        const tlc_remainder *rest = b->remainders + r;
        more[i * tile_panels * width + q * width + rest->column] += codes[rest->row] * rest->value;
      }
  }
}

void FOR_ISA(gemm_int8)(size_t row_begin, size_t row_end, size_t panel_begin, size_t panel_end,
                        const tlc_int8_rows *a, const tlc_int8_matrix *b, const float *bias,
                        float *c, size_t c_stride) {
  const size_t k4 = (b->k + 3) / 4, wide_stride = k4 * 4 * wide_size;
  const int few = row_end - row_begin <= 4 * tile_rows_int8;
  // More than caches hold; or rows that are too long to be widened before.
  const int streams = (few && (panel_end - panel_begin) * k4 > (size_t)1 << 18) ||
                      wide_stride * tile_rows_int8 > wide_count;
  int8_t wide[wide_count];
  const size_t fit = wide_count / (wide_stride + !wide_stride) / tile_rows_int8 * tile_rows_int8;
  const size_t height = streams ? 144 : lesser(144, fit);
  for (size_t top = row_begin; top < row_end; top += height) {
    const size_t bottom = lesser(top + height, row_end);
    for (size_t row = top; !streams && row < bottom; row++)
      widen(a->codes + row * a->stride, k4 * 4, wide + (row - top) * wide_stride);
    size_t panels;
    for (size_t panel = panel_begin; panel < panel_end; panel += panels) {
      panels = panels_of(rows_of_tile(bottom - top, tile_rows_int8), panel_end - panel);
      float biases[tile_panels * width], steps[tile_panels * width] = {0};
      const size_t columns = lesser(panels * width, b->n - panel * width);
      const float *ends = load_biases(bias ? bias + panel * width : NULL, columns, biases);
      memcpy(steps, b->steps + panel * width, columns * sizeof *steps);
      // What comes next is fetched in equal parts by all tiles; a single one fetches what is not far ahead.
      const size_t panel_stride = k4 * 4 * width;
      const size_t tiles = (bottom - top + tile_rows_int8 - 1) / tile_rows_int8;
      const size_t pace = (4 * width + tiles - 1) / tiles;
      const int8_t *next = b->panels + panel * panel_stride;
      next += tiles > 1 ? panels * panel_stride : 16 * 4 * width;
      size_t rows;
      for (size_t row = top; row < bottom; row += rows, next += k4 * pace) {
        rows = rows_of_tile(bottom - row, tile_rows_int8);
        const size_t span = panels == panels_of(rows, panels) ? panels : 1;
        int32_t more[tile_rows * tile_panels * width];
        if (b->remainders) multiply_remainders(a, row, rows, b, panel, panels, more);
        for (size_t q = 0; q < panels; q += span) {
          const step_int8 s = {
              .count = k4, .a_stride = streams ? a->stride : wide_stride,
              .panel_stride = panel_stride,
              .c_stride = c_stride,
              .columns = lesser(span * width, columns - q * width),
              .a = streams ? a->codes + row * a->stride : wide + (row - top) * wide_stride,
              .panel = b->panels + (panel + q) * panel_stride, .next = next, .pace = pace,
              .sums = a->sums + row, .more = b->remainders ? more + q * width : NULL,
              .scales = a->scales + row, .steps = steps + q * width,
              .biases = ends + q * width, .c = c + row * c_stride + (panel + q) * width};
          if (streams) tiles_int8(&s, rows, span);
          else wide_tiles_int8(&s, rows, span);
        }
      }
    }
  }
}

/// To nearest, ties to even, of less than 2²².
INLINE ints rounded(floats x) {
  const floats rounder = 0x1.8p23f;
  return __builtin_convertvector((x + rounder) - rounder, ints);
}

/// Codes of one row: `formats/products.md`.
static void quantize_row(size_t k, const float *x, int8_t *codes, float *scale, int32_t *sum) {
  words most = 0;
  size_t i = 0;
  for (; i + LANES <= k; i += LANES)
    most = __builtin_elementwise_max(most, bits(absolute(load(x + i))));
  if (i < k) {
    float rest[LANES] = {0};
    memcpy(rest, x + i, (k - i) * sizeof *x);
    most = __builtin_elementwise_max(most, bits(absolute(load(rest))));
  }
  uint32_t greatest_bits = 0;
  for (int j = 0; j < LANES; j++) greatest_bits = most[j] > greatest_bits ? most[j] : greatest_bits;
  float greatest;
  memcpy(&greatest, &greatest_bits, sizeof greatest);
  *sum = 0;
  const float step = greatest / 127.f;
  if (greatest_bits >= 0x7F800000u || step < 0x1p-126f) {
    memset(codes, 0, (k + 3) / 4 * 4);
    const uint32_t nan = 0x7FC00000u;
    *scale = 0;
    if (greatest_bits >= 0x7F800000u) memcpy(scale, &nan, sizeof nan);
    return;
  }
  *scale = step;
  const floats inverse = 1.f / step;
  ints sums = 0;
  for (i = 0; i + LANES <= k; i += LANES) {
    const ints all = rounded(load(x + i) * inverse);
    sums += all;
    const signed_bytes narrow = __builtin_convertvector(all, signed_bytes);
    memcpy(codes + i, &narrow, LANES);
  }
  if (i < k) {
    float rest[LANES] = {0};
    memcpy(rest, x + i, (k - i) * sizeof *x);
    const ints all = rounded(load(rest) * inverse);
    sums += all;
    const signed_bytes narrow = __builtin_convertvector(all, signed_bytes);
    memcpy(codes + i, &narrow, (k + 3) / 4 * 4 - i);
  }
  for (int j = 0; j < LANES; j++) *sum += sums[j];
}

void FOR_ISA(quantize_rows)(size_t row_begin, size_t row_end, size_t k, const float *x,
                            size_t x_stride, int8_t *codes, size_t stride, float *scales,
                            int32_t *sums) {
  for (size_t row = row_begin; row < row_end; row++)
    quantize_row(k, x + row * x_stride, codes + row * stride, scales + row, sums + row);
}
