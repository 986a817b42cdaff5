/// Steps of a Cholesky factorization that are too small for vectors, and the packing of the rest.
#include "tlc_kernels.h"

#pragma STDC FP_CONTRACT OFF

void tlc_pack_moments_f32(size_t rows, size_t columns, const float *x, size_t row_stride,
                          double *packed) {
  const size_t width = tlc_moment_width;
  for (size_t p = 0; p * width < columns; p++)
    for (size_t r = 0; r < rows; r++)
      for (size_t j = 0; j < width; j++) {
        const size_t column = p * width + j;
        packed[(p * rows + r) * width + j] = column < columns ? x[r * row_stride + column] : 0;
      }
}

void tlc_pack_moments_f64(size_t rows, size_t count, const double *a, size_t a_stride,
                          double *packed) {
  const size_t width = tlc_moment_width;
  for (size_t p = 0; p * width < rows; p++)
    for (size_t k = 0; k < count; k++)
      for (size_t i = 0; i < width; i++) {
        const size_t row = p * width + i;
        packed[(p * count + k) * width + i] = row < rows ? a[row * a_stride + k] : 0;
      }
}

/// (`x` less one product after the other) of `count` numbers.
static double less_products(double x, const double *a, const double *b, size_t count) {
  for (size_t k = 0; k < count; k++) x = x - a[k] * b[k];
  return x;
}

size_t tlc_factor_diagonal_f64(size_t n, double *a, size_t stride) {
  for (size_t i = 0; i < n; i++) {
    double *row = a + i * stride;
    for (size_t j = 0; j < i; j++)
      row[j] = less_products(row[j], row, a + j * stride, j) / a[j * stride + j];
    const double pivot = less_products(row[i], row, row, i);
    if (!(pivot > 0) || pivot > 1e300) return i;
    row[i] = __builtin_sqrt(pivot);
  }
  return n;
}

void tlc_factor_rows_f64(size_t rows, size_t n, const double *diagonal, double *a, size_t stride) {
  for (size_t i = 0; i < rows; i++) {
    double *row = a + i * stride;
    for (size_t j = 0; j < n; j++)
      row[j] = less_products(row[j], row, diagonal + j * stride, j) / diagonal[j * stride + j];
  }
}
