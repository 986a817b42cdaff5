/// Sums of products in f64 for calibration, for the instruction set of the file that includes this.
#include "kernels.h"
#include "vector.h"

enum {
  moment_width = tlc_moment_width,
  /// Vectors of a row of a panel.
  moment_parts = 2 * moment_width / LANES,
  /// Rows of a tile: half of a panel's columns.
  moment_rows = moment_width / 2,
};

INLINE doubles load_doubles(const double *x) {
  doubles v;
  memcpy(&v, x, sizeof v);
  return v;
}

/// Some rows of one panel against the columns of another: tiles that cross the diagonal are whole.
INLINE void moment_tile(size_t count, const double *left, const double *right, double sign,
                        const int is_exact, double *c, size_t c_stride) {
  doubles sum[moment_rows][moment_parts];
  UNROLL for (int i = 0; i < moment_rows; i++)
    UNROLL for (int v = 0; v < moment_parts; v++)
      sum[i][v] = load_doubles(c + (size_t)i * c_stride + v * (LANES / 2));
  for (size_t k = 0; k < count; k++) {
    doubles factor[moment_parts];
    UNROLL for (int v = 0; v < moment_parts; v++)
      factor[v] = load_doubles(right + k * moment_width + v * (LANES / 2));
    UNROLL for (int i = 0; i < moment_rows; i++) {
      const doubles x = sign * left[k * moment_width + (size_t)i];
      UNROLL for (int v = 0; v < moment_parts; v++)
#if LANES >= 8
        // Products of numbers that were f32 are exact, so that one rounding is as two.
        if (is_exact) sum[i][v] = __builtin_elementwise_fma(x, factor[v], sum[i][v]);
        else
#endif
          sum[i][v] = sum[i][v] + x * factor[v];
    }
  }
  (void)is_exact;
  UNROLL for (int i = 0; i < moment_rows; i++)
    UNROLL for (int v = 0; v < moment_parts; v++)
      memcpy(c + (size_t)i * c_stride + v * (LANES / 2), &sum[i][v], sizeof sum[i][v]);
}

void FOR_ISA(add_products_f64)(size_t panel_begin, size_t panel_end, size_t count,
                               const double *packed, double sign, int is_exact, double *c,
                               size_t c_stride) {
  for (size_t p = panel_begin; p < panel_end; p++)
    for (size_t q = 0; q <= p; q++)
      for (size_t half = 0; half < 2; half++) {
        const double *left = packed + p * count * moment_width + half * moment_rows;
        const double *right = packed + q * count * moment_width;
        double *tile = c + (p * moment_width + half * moment_rows) * c_stride + q * moment_width;
        if (is_exact) moment_tile(count, left, right, sign, 1, tile, c_stride);
        else moment_tile(count, left, right, sign, 0, tile, c_stride);
      }
}

/// s[i, j] = fma(e[i], m[j], s[i, j]).
void FOR_ISA(add_outer_f32)(size_t rows, size_t columns, const float *e, size_t e_stride,
                            const float *m, float *s, size_t s_stride) {
  for (size_t i = 0; i < rows; i++) {
    const float x = e[i * e_stride];
    float *row = s + i * s_stride;
    size_t j = 0;
    for (; j + LANES <= columns; j += LANES) store(row + j, fused(x, load(m + j), load(row + j)));
    for (; j < columns; j++) row[j] = __builtin_fmaf(x, m[j], row[j]);
  }
}
