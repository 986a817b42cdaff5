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
