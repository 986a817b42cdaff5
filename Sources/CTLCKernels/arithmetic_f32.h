/// Arithmetic on pairs of elements, for the instruction set of the file that includes this.
#include "kernels.h"
#include "power_f32.h"

INLINE floats combined(const tlc_operation operation, floats x, floats y) {
  const floats z = operation == tlc_add        ? x + y
                   : operation == tlc_subtract ? x - y
                   : operation == tlc_multiply ? x * y
                                               : x / y;
  return nan_of(z, z);
}

INLINE void combine(const tlc_operation operation, size_t count, const float *x,
                    const int repeats_x, const float *y, const int repeats_y, float *z) {
  size_t i = 0;
  const floats only_x = *x, only_y = *y;
  for (; i + LANES <= count; i += LANES)
    store(z + i, combined(operation, repeats_x ? only_x : load(x + i),
                          repeats_y ? only_y : load(y + i)));
  if (i < count) {
    const size_t size = (count - i) * sizeof(float);
    float rest_x[LANES] = {0}, rest_y[LANES] = {0};
    if (!repeats_x) memcpy(rest_x, x + i, size);
    if (!repeats_y) memcpy(rest_y, y + i, size);
    store(rest_x, combined(operation, repeats_x ? only_x : load(rest_x),
                           repeats_y ? only_y : load(rest_y)));
    memcpy(z + i, rest_x, size);
  }
}

INLINE void combine_steps(const tlc_operation operation, size_t count, const float *x,
                          size_t x_step, const float *y, size_t y_step, float *z) {
  if (x_step && y_step) combine(operation, count, x, 0, y, 0, z);
  else if (x_step) combine(operation, count, x, 0, y, 1, z);
  else if (y_step) combine(operation, count, x, 1, y, 0, z);
  else combine(operation, count, x, 1, y, 1, z);
}

/// An exponent that repeats costs what its power does.
INLINE floats raised(floats x, floats y, size_t y_step, float exponent, int is_simple) {
  return is_simple ? simple_power(x, exponent) : y_step ? power_of(x, y) : general_power(x, y);
}

INLINE void raise_all(size_t count, const float *x, size_t x_step, const float *y, size_t y_step,
                      float *z) {
  const floats only_x = *x, only_y = *y;
  const float exponent = *y;
  const int is_simple = !y_step && is_simple_exponent(exponent);
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    store(z + i, raised(x_step ? load(x + i) : only_x, y_step ? load(y + i) : only_y, y_step,
                        exponent, is_simple));
  if (i < count) {
    const size_t size = (count - i) * sizeof(float);
    floats rest_x = only_x, rest_y = only_y;
    if (x_step) memcpy(&rest_x, x + i, size);
    if (y_step) memcpy(&rest_y, y + i, size);
    const floats rest = raised(rest_x, rest_y, y_step, exponent, is_simple);
    memcpy(z + i, &rest, size);
  }
}

void FOR_ISA(combine_f32)(tlc_operation operation, size_t count, const float *x, size_t x_step,
                          const float *y, size_t y_step, float *z) {
  if (count == 0) return;
  switch (operation) {
  case tlc_add: combine_steps(tlc_add, count, x, x_step, y, y_step, z); break;
  case tlc_subtract: combine_steps(tlc_subtract, count, x, x_step, y, y_step, z); break;
  case tlc_multiply: combine_steps(tlc_multiply, count, x, x_step, y, y_step, z); break;
  case tlc_divide: combine_steps(tlc_divide, count, x, x_step, y, y_step, z); break;
  case tlc_power: raise_all(count, x, x_step, y, y_step, z); break;
  }
}
