/// Loops over elements, for the instruction set of the file that includes this.
#include "functions_f32.h"
#include "kernels.h"

/// The last few elements go through a vector of their own.
#define MAP(name)                                                                                  \
  void FOR_ISA(name##_f32)(size_t count, const float *x, float *y) {                               \
    size_t i = 0;                                                                                  \
    for (; i + LANES <= count; i += LANES) store(y + i, name##_of(load(x + i)));                   \
    if (i < count) {                                                                               \
      float rest[LANES] = {0};                                                                     \
      memcpy(rest, x + i, (count - i) * sizeof(float));                                            \
      store(rest, name##_of(load(rest)));                                                          \
      memcpy(y + i, rest, (count - i) * sizeof(float));                                            \
    }                                                                                              \
  }

MAP(exp)
MAP(tanh)
MAP(erf)
MAP(gelu)
MAP(sigmoid)
MAP(log)
MAP(softplus)
MAP(swish)
MAP(gelu_tanh)
