#include "tlc_kernels.h"

void tlc_look_up_codes(const tlc_code_table *table, const int64_t *rows, size_t count, float *y) {
  const size_t length = table->length, group = table->group;
  for (size_t i = 0; i < count; i++, y += length) {
    const int8_t *codes = table->codes + (size_t)rows[i] * length;
    const float *steps = table->steps + (size_t)rows[i] * table->step_stride;
    for (size_t start = 0; start < length; start += group) {
      const size_t end = length - start < group ? length : start + group;
      const float step = *steps++;
      for (size_t j = start; j < end; j++) y[j] = (float)codes[j] * step;
    }
  }
}
