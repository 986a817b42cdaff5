#include "tlc_kernels.h"
#include <string.h>

enum { width = tlc_panel_width };

void tlc_pack_f32(const float *b, size_t k, size_t n, size_t row_stride, size_t column_stride,
                  float *packed) {
  for (size_t panel = 0; panel * width < n; panel++) {
    size_t columns = n - panel * width < width ? n - panel * width : width;
    for (size_t row = 0; row < k; row++) {
      const float *source = b + row * row_stride + panel * width * column_stride;
      for (size_t j = 0; j < columns; j++) packed[j] = source[j * column_stride];
      for (size_t j = columns; j < width; j++) packed[j] = 0;
      packed += width;
    }
  }
}

/// Codes of up to four rows of a panel, four rows of a column together; what is missing is 0.
static void pack_rows_int8(const int8_t *b, size_t row_stride, size_t column_stride, size_t rows,
                           size_t columns, int8_t *packed) {
  memset(packed, 0, 4 * width);
  for (size_t j = 0; j < columns; j++)
    for (size_t r = 0; r < rows; r++) {
      const int8_t code = b[r * row_stride + j * column_stride];
      packed[4 * j + r] = code < -127 ? -127 : code;
    }
}

void tlc_pack_int8(const int8_t *b, size_t k, size_t n, size_t row_stride, size_t column_stride,
                   int8_t *packed) {
  for (size_t panel = 0; panel * width < n; panel++) {
    const size_t start = panel * width, columns = n - start < width ? n - start : width;
    for (size_t row = 0; row < k; row += 4, packed += 4 * width) {
      const int8_t *source = b + row * row_stride + start * column_stride;
      // With constants, the most frequent cases are loops of moves.
      if (k - row < 4 || columns < width)
        pack_rows_int8(source, row_stride, column_stride, k - row < 4 ? k - row : 4, columns, packed);
      else if (row_stride == 1) pack_rows_int8(source, 1, column_stride, 4, width, packed);
      else pack_rows_int8(source, row_stride, column_stride, 4, width, packed);
    }
  }
}

size_t tlc_blocks_of_codes(size_t k, size_t group, int bits) {
  const size_t rows = 32 / (size_t)bits;
  if (k == 0) return 0;
  if (group > k) group = k;
  return k / group * ((group + rows - 1) / rows) + (k % group + rows - 1) / rows;
}

/// A block: `rows` rows from `b` on, and no more than `columns` columns.
static void pack_block(const int8_t *b, size_t row_stride, size_t column_stride, size_t rows,
                       size_t columns, int bits, uint8_t *block) {
  memset(block, 0, 64);
  for (size_t j = 0; j < columns; j++)
    for (size_t r = 0; r < rows; r++) {
      const uint8_t code = (uint8_t)b[r * row_stride + j * column_stride];
      if (bits == 8) block[r * width + j] = code;
      else block[4 * j + r / 2] |= (uint8_t)(((code + 8) & 15) << (r % 2 * 4));
    }
}

void tlc_pack_codes(const int8_t *b, size_t row_stride, size_t column_stride, const float *steps,
                    size_t step_row_stride, size_t step_column_stride, size_t k, size_t n,
                    size_t group, int bits, uint8_t *packed, float *packed_steps) {
  const size_t most = 32 / (size_t)bits, panels = (n + width - 1) / width;
  for (size_t first = 0; first < panels; first += 4) {
    const size_t band = panels - first < 4 ? panels - first : 4;
    for (size_t begin = 0; begin < k; begin += group) {
      const size_t end = k - begin < group ? k : begin + group;
      for (size_t row = begin; row < end; row += most)
        for (size_t q = 0; q < band; q++, packed += 64) {
          const size_t start = (first + q) * width, columns = n - start < width ? n - start : width;
          pack_block(b + row * row_stride + start * column_stride, row_stride, column_stride,
                     end - row < most ? end - row : most, columns, bits, packed);
        }
      const float *row = steps + begin / group * step_row_stride;
      for (size_t j = first * width; j < (first + band) * width; j++)
        *packed_steps++ = j < n ? row[j * step_column_stride] : 0;
    }
  }
}
