/// What each instruction set's file gives, and `dispatch.c` chooses from.
#ifndef TLC_ISA_KERNELS_H
#define TLC_ISA_KERNELS_H

#include "tlc_kernels.h"

#define DECLARE(isa)                                                                               \
  void tlc_exp_f32_##isa(size_t count, const float *x, float *y);                                  \
  void tlc_tanh_f32_##isa(size_t count, const float *x, float *y);                                 \
  void tlc_erf_f32_##isa(size_t count, const float *x, float *y);                                  \
  void tlc_gelu_f32_##isa(size_t count, const float *x, float *y);                                 \
  void tlc_sigmoid_f32_##isa(size_t count, const float *x, float *y);                              \
  void tlc_softmax_f32_##isa(size_t rows, size_t length, const float *x, float *y);                \
  void tlc_layer_norm_f32_##isa(size_t rows, size_t length, const float *x, const float *scale,    \
                                const float *bias, float epsilon, float *y, float *means,          \
                                float *inverses);

DECLARE(scalar)
DECLARE(avx2)

#endif
