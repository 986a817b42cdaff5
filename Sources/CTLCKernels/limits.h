/// What the processor can do at most, for kernels to be compared with.
#include "kernels.h"
#include "vector.h"

/// `rounds` times twelve fused multiply-adds of vectors, none of which waits for another.
size_t FOR_ISA(spend_fma_f32)(size_t rounds, float *result) {
  enum { chains = 12 };
  floats sums[chains];
  floats factor = 0.999f, term = 1e-6f;
  UNROLL for (int i = 0; i < chains; i++) sums[i] = (float)i;
  for (size_t r = 0; r < rounds; r++) {
    UNROLL for (int i = 0; i < chains; i++) sums[i] = fused(sums[i], factor, term);
  }
  floats sum = 0;
  UNROLL for (int i = 0; i < chains; i++) sum += sums[i];
  *result = sum[0];
  return rounds * chains * LANES;
}

/// The sum of `count` elements, a multiple of 128, in no order that matters.
void FOR_ISA(spend_read_f32)(size_t count, const float *x, float *result) {
  enum { chains = 128 / LANES > 8 ? 8 : 128 / LANES };
  floats sums[chains];
  UNROLL for (int i = 0; i < chains; i++) sums[i] = 0;
  for (size_t p = 0; p < count; p += chains * LANES) {
    UNROLL for (int i = 0; i < chains; i++) sums[i] += load(x + p + (size_t)i * LANES);
  }
  floats sum = 0;
  UNROLL for (int i = 0; i < chains; i++) sum += sums[i];
  *result = sum[0];
}
