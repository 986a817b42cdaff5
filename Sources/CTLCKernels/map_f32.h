/// Loops over elements, for the instruction set of the file that includes this.
#include "functions_f32.h"
#include "kernels.h"

/// The last few elements go through a vector of their own. What stands before `x` in a call of the
/// function goes in `...`.
#define LOOP(name, ...)                                                                            \
  size_t i = 0;                                                                                    \
  for (; i + LANES <= count; i += LANES) store(y + i, name##_of(__VA_ARGS__ load(x + i)));         \
  if (i < count) {                                                                                 \
    float rest[LANES] = {0};                                                                       \
    memcpy(rest, x + i, (count - i) * sizeof(float));                                              \
    store(rest, name##_of(__VA_ARGS__ load(rest)));                                                \
    memcpy(y + i, rest, (count - i) * sizeof(float));                                              \
  }
#define MAP(name)                                                                                  \
  void FOR_ISA(name##_f32)(size_t count, const float *x, float *y) { LOOP(name) }

MAP(exp)
MAP(tanh)
MAP(erf)
MAP(gelu)
MAP(sigmoid)
MAP(log)
MAP(softplus)
MAP(swish)
MAP(gelu_tanh)
MAP(mish)

void FOR_ISA(exponential_unit_f32)(size_t count, float divisor, float alpha, float gamma,
                                   const float *x, float *y) {
  LOOP(exponential_unit, divisor, alpha, gamma, )
}
