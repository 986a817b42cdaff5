#include "tlc_kernels.h"

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

void tlc_pack_int8(const int32_t *b, size_t k, size_t n, size_t row_stride, size_t column_stride,
                   int8_t *packed) {
  for (size_t panel = 0; panel * width < n; panel++)
    for (size_t row = 0; row < k; row += 4)
      for (size_t j = panel * width; j < (panel + 1) * width; j++)
        for (size_t r = row; r < row + 4; r++) {
          int32_t code = r < k && j < n ? b[r * row_stride + j * column_stride] : 0;
          *packed++ = (int8_t)(code > 127 ? 127 : code < -127 ? -127 : code);
        }
}
