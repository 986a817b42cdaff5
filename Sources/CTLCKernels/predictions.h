/// What rows hold, foretold from other columns, for the instruction set of the file that includes this.
#include "kernels.h"
#include "vector.h"

enum { eight = tlc_prediction_width };

/// As many lanes as there are rows, whatever a vector of the processor has.
typedef float eight_floats __attribute__((ext_vector_type(eight)));
typedef int32_t eight_ints __attribute__((ext_vector_type(eight)));

void FOR_ISA(predict_rows)(size_t references, size_t columns, const float *inputs,
                           const float *coefficients, const int32_t *offsets, int shift,
                           int32_t *predictions) {
  for (size_t first = 0; first < columns; first += eight) {
    eight_floats sum[eight] = {0};
    for (size_t k = 0; k < references; k++, coefficients += eight) {
      eight_floats input;
      memcpy(&input, inputs + k * eight, sizeof input);
      // Integers whose sums a float holds: rounding once is as rounding twice, which is not at all.
      UNROLL for (int i = 0; i < eight; i++)
#if LANES >= 8
        sum[i] = __builtin_elementwise_fma(input, (eight_floats)coefficients[i], sum[i]);
#else
        sum[i] += input * coefficients[i];
#endif
    }
    UNROLL for (size_t i = 0; i < eight; i++) {
      if (first + i >= columns) break;
      const eight_ints whole = __builtin_convertvector(sum[i], eight_ints) + offsets[first + i];
      const eight_ints rounded = (whole + (1 << (shift - 1))) >> shift;
      memcpy(predictions + (first + i) * eight, &rounded, sizeof rounded);
    }
  }
}
