#include "tlc_kernels.h"
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

enum {
  width = tlc_panel_width,
  /// Rows of a tile: 6 × 16 sums stay in registers.
  tile = 6,
  /// Rows of a panel that are used at a time: 16 KiB of it stay in the first cache.
  depth = 256,
  /// Rows of `a` that are used at a time: 144 KiB of it stay in the second cache.
  height = 144,
};

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

void tlc_pack_f32(const float *b, size_t k, size_t n, size_t row_stride, size_t column_stride,
                  float *packed) {
  for (size_t panel = 0; panel * width < n; panel++) {
    size_t columns = least(width, n - panel * width);
    for (size_t row = 0; row < k; row++) {
      const float *source = b + row * row_stride + panel * width * column_stride;
      for (size_t j = 0; j < columns; j++) packed[j] = source[j * column_stride];
      for (size_t j = columns; j < width; j++) packed[j] = 0;
      packed += width;
    }
  }
}

/// A tile: `rows` rows of `c`, all columns of a panel, `count` steps of the chain. `first` says that
/// the chain starts, `bias`, where not null, that it ends.
typedef struct {
  size_t count, a_stride, c_stride, columns;
  const float *a, *panel, *bias;
  float *c;
  int first, last;
} step;

static float canonical_nan(void) {
  const uint32_t bits = 0x7FC00000u;
  float nan;
  memcpy(&nan, &bits, sizeof nan);
  return nan;
}

static void tile_scalar(const step *s, size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < s->columns; j++) {
      float sum = s->first ? 0 : s->c[i * s->c_stride + j];
      for (size_t p = 0; p < s->count; p++)
        sum = fmaf(s->a[i * s->a_stride + p], s->panel[p * width + j], sum);
      if (s->last && s->bias) sum += s->bias[j];
      s->c[i * s->c_stride + j] = s->last && sum != sum ? canonical_nan() : sum;
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,fma")))

/// `x`, with the one NaN for any.
AVX2 static inline __attribute__((always_inline)) __m256 canonical(__m256 x) {
  return _mm256_blendv_ps(x, _mm256_set1_ps(canonical_nan()), _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
}

AVX2 static inline __attribute__((always_inline)) void tile_avx2(const step *s, const int rows) {
  __m256 low[tile], high[tile];
  float edge[tile * width];
  float *c = s->c;
  size_t c_stride = s->c_stride;
  const int whole = s->columns == width;
  if (!whole) {
    for (int i = 0; i < rows; i++)
      for (size_t j = 0; j < width; j++)
        edge[i * width + j] = s->first || j >= s->columns ? 0 : c[i * c_stride + j];
    c = edge;
    c_stride = width;
  }
  for (int i = 0; i < rows; i++) {
    low[i] = s->first ? _mm256_setzero_ps() : _mm256_loadu_ps(c + i * c_stride);
    high[i] = s->first ? _mm256_setzero_ps() : _mm256_loadu_ps(c + i * c_stride + 8);
  }
  const float *panel = s->panel;
  const float *a = s->a;
  const size_t stride = s->a_stride;
  for (size_t p = 0; p < s->count; p++) {
    __m256 left = _mm256_loadu_ps(panel), right = _mm256_loadu_ps(panel + 8);
    for (int i = 0; i < rows; i++) {
      __m256 factor = _mm256_broadcast_ss(a + i * stride);
      low[i] = _mm256_fmadd_ps(factor, left, low[i]);
      high[i] = _mm256_fmadd_ps(factor, right, high[i]);
    }
    panel += width;
    a++;
  }
  if (s->last && s->bias) {
    float bias[width] = {0};
    for (size_t j = 0; j < s->columns; j++) bias[j] = s->bias[j];
    __m256 left = _mm256_loadu_ps(bias), right = _mm256_loadu_ps(bias + 8);
    for (int i = 0; i < rows; i++) {
      low[i] = _mm256_add_ps(low[i], left);
      high[i] = _mm256_add_ps(high[i], right);
    }
  }
  if (s->last) {
    for (int i = 0; i < rows; i++) {
      low[i] = canonical(low[i]);
      high[i] = canonical(high[i]);
    }
  }
  for (int i = 0; i < rows; i++) {
    _mm256_storeu_ps(c + i * c_stride, low[i]);
    _mm256_storeu_ps(c + i * c_stride + 8, high[i]);
  }
  if (!whole)
    for (int i = 0; i < rows; i++)
      for (size_t j = 0; j < s->columns; j++) s->c[i * s->c_stride + j] = edge[i * width + j];
}

/// One row and four panels at a time: enough sums to hide the latency of a multiply-add.
AVX2 static void row_avx2(const step *s, size_t k) {
  __m256 low[4], high[4];
  for (int q = 0; q < 4; q++) {
    low[q] = s->first ? _mm256_setzero_ps() : _mm256_loadu_ps(s->c + q * width);
    high[q] = s->first ? _mm256_setzero_ps() : _mm256_loadu_ps(s->c + q * width + 8);
  }
  const float *panel = s->panel;
  for (size_t p = 0; p < s->count; p++) {
    __m256 factor = _mm256_broadcast_ss(s->a + p);
    for (int q = 0; q < 4; q++) {
      low[q] = _mm256_fmadd_ps(factor, _mm256_loadu_ps(panel + q * k * width), low[q]);
      high[q] = _mm256_fmadd_ps(factor, _mm256_loadu_ps(panel + q * k * width + 8), high[q]);
    }
    panel += width;
  }
  for (int q = 0; q < 4; q++) {
    if (s->last && s->bias) {
      low[q] = _mm256_add_ps(low[q], _mm256_loadu_ps(s->bias + q * width));
      high[q] = _mm256_add_ps(high[q], _mm256_loadu_ps(s->bias + q * width + 8));
    }
    if (s->last) {
      low[q] = canonical(low[q]);
      high[q] = canonical(high[q]);
    }
    _mm256_storeu_ps(s->c + q * width, low[q]);
    _mm256_storeu_ps(s->c + q * width + 8, high[q]);
  }
}

AVX2 static void tiles_avx2(const step *s, size_t rows) {
  switch (rows) {
  case 6: tile_avx2(s, 6); break;
  case 5: tile_avx2(s, 5); break;
  case 4: tile_avx2(s, 4); break;
  case 3: tile_avx2(s, 3); break;
  case 2: tile_avx2(s, 2); break;
  default: tile_avx2(s, 1); break;
  }
}
#endif

/// All panels for rows that stay, with their part of the depth, in the second cache.
static void block(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                  size_t panel_end, size_t n, size_t k, const float *a, const float *packed,
                  const float *bias, float *c, step s, size_t start) {
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    s.columns = least(width, n - panel * width);
    s.panel = packed + (panel * k + start) * width;
    s.bias = bias ? bias + panel * width : NULL;
    for (size_t row = row_begin; row < row_end; row += tile) {
      size_t rows = least(tile, row_end - row);
      s.a = a + row * s.a_stride + start;
      s.c = c + row * s.c_stride + panel * width;
#if defined(__x86_64__)
      if (isa >= tlc_isa_avx2) {
        if (row_end - row_begin == 1 && panel + 4 <= panel_end && (panel + 4) * width <= n) {
          row_avx2(&s, k);
          panel += 3;
        } else {
          tiles_avx2(&s, rows);
        }
        continue;
      }
#endif
      tile_scalar(&s, rows);
    }
  }
  (void)isa;
}

void tlc_gemm_f32(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                  size_t panel_end, size_t n, size_t k, const float *a, size_t a_stride,
                  const float *packed, const float *bias, float *c, size_t c_stride) {
  for (size_t row = row_begin; row < row_end; row += height) {
    size_t end = least(row + height, row_end);
    for (size_t start = 0; start == 0 || start < k; start += depth) {
      step s = {.count = least(depth, k - start), .a_stride = a_stride, .c_stride = c_stride,
                .first = start == 0, .last = start + depth >= k};
      block(isa, row, end, panel_begin, panel_end, n, k, a, packed, bias, c, s, start);
    }
  }
}
