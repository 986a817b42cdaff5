/// What each instruction set's file gives, and `isa.c` chooses from.
#ifndef TLC_ISA_KERNELS_H
#define TLC_ISA_KERNELS_H

#include "tlc_kernels.h"

#define DECLARE(isa)                                                                               \
  void tlc_gemm_f32_##isa(size_t row_begin, size_t row_end, size_t panel_begin, size_t panel_end,  \
                          size_t n, size_t k, const float *a, size_t a_stride,                     \
                          const float *packed, const float *bias, float *c, size_t c_stride);      \
  void tlc_quantize_rows_##isa(size_t row_begin, size_t row_end, size_t k, const float *x,         \
                               size_t x_stride, int8_t *codes, size_t stride, float *scales,       \
                               int32_t *sums);                                                     \
  void tlc_gemm_int8_##isa(size_t row_begin, size_t row_end, size_t panel_begin, size_t panel_end, \
                           const tlc_int8_rows *a, const tlc_int8_matrix *b, const float *bias,    \
                           float *c, size_t c_stride);                                             \
  void tlc_gemm_codes_##isa(size_t row_begin, size_t row_end, size_t panel_begin,                  \
                            size_t panel_end, const float *a, size_t a_stride,                     \
                            const tlc_code_matrix *b, const float *bias, float *c,                 \
                            size_t c_stride);                                                      \
  void tlc_gemm_sparse_##isa(size_t row_begin, size_t row_end, size_t column_begin,                \
                             size_t column_end, const float *a, size_t a_stride,                   \
                             const tlc_sparse_matrix *b, const float *bias, float *c,              \
                             size_t c_stride, float *scratch);                                     \
  void tlc_exp_f32_##isa(size_t count, const float *x, float *y);                                  \
  void tlc_tanh_f32_##isa(size_t count, const float *x, float *y);                                 \
  void tlc_erf_f32_##isa(size_t count, const float *x, float *y);                                  \
  void tlc_gelu_f32_##isa(size_t count, const float *x, float *y);                                 \
  void tlc_sigmoid_f32_##isa(size_t count, const float *x, float *y);                              \
  void tlc_log_f32_##isa(size_t count, const float *x, float *y);                                  \
  void tlc_softplus_f32_##isa(size_t count, const float *x, float *y);                             \
  void tlc_swish_f32_##isa(size_t count, const float *x, float *y);                                \
  void tlc_gelu_tanh_f32_##isa(size_t count, const float *x, float *y);                            \
  void tlc_mish_f32_##isa(size_t count, const float *x, float *y);                                 \
  void tlc_exponential_unit_f32_##isa(size_t count, float divisor, float alpha, float gamma,       \
                                      const float *x, float *y);                                   \
  void tlc_combine_f32_##isa(tlc_operation operation, size_t count, const float *x, size_t x_step, \
                             const float *y, size_t y_step, float *z);                             \
  void tlc_softmax_f32_##isa(size_t rows, size_t length, const float *x, float *y);                \
  void tlc_layer_norm_f32_##isa(size_t rows, size_t length, const float *x, const float *scale,    \
                                const float *bias, float epsilon, float *y, float *means,          \
                                float *inverses);                                                  \
  void tlc_add_products_f64_##isa(size_t panel_begin, size_t panel_end, size_t count,              \
                                  const double *packed, double sign, int is_exact, double *c,      \
                                  size_t c_stride);                                                \
  void tlc_add_outer_f32_##isa(size_t rows, size_t columns, const float *e, size_t e_stride,       \
                               const float *m, float *s, size_t s_stride);                         \
  void tlc_predict_rows_##isa(size_t references, size_t columns, const float *inputs,              \
                              const float *coefficients, const int32_t *offsets, int shift,        \
                              int32_t *predictions);                                               \
  void tlc_decode_rows_##isa(tlc_stream *stream, const uint16_t *words,                            \
                             const tlc_stream_tables *tables, size_t columns,                      \
                             const uint32_t *table_of, const uint32_t *expected,                   \
                             const ptrdiff_t *places, size_t stride, uint32_t *symbols,            \
                             uint32_t *escapes);                                                   \
  size_t tlc_spend_fma_f32_##isa(size_t rounds, float *result);                                    \
  void tlc_spend_read_f32_##isa(size_t count, const float *x, float *result);

#define DECLARE_TRAINING(isa)                                                                      \
  void tlc_gelu_gradient_f32_##isa(size_t count, const float *x, const float *dy, float *dx,       \
                                   int adding);                                                    \
  void tlc_gelu_tanh_gradient_f32_##isa(size_t count, const float *x, const float *dy,             \
                                        float *dx, int adding);                                    \
  void tlc_relu_gradient_f32_##isa(size_t count, const float *x, const float *dy, float *dx,       \
                                   int adding);                                                    \
  void tlc_tanh_gradient_f32_##isa(size_t count, const float *y, const float *dy, float *dx,       \
                                   int adding);                                                    \
  void tlc_sigmoid_gradient_f32_##isa(size_t count, const float *y, const float *dy, float *dx,    \
                                      int adding);                                                 \
  void tlc_softmax_gradient_f32_##isa(size_t rows, size_t length, const float *y,                  \
                                      const float *dy, float factor, float *dx, int adding);       \
  void tlc_layer_norm_gradient_f32_##isa(size_t rows, size_t length, const float *x,               \
                                         const float *scale, const float *means,                   \
                                         const float *inverses, const float *dy, float *dx,        \
                                         int adding, float *dscale, float *dbias);                 \
  void tlc_dropout_f32_##isa(size_t count, uint32_t first, uint32_t low, uint32_t high,            \
                             uint32_t threshold, float factor, const float *x, float *y,           \
                             int adding);                                                          \
  void tlc_column_sums_f32_##isa(size_t rows, size_t columns, const float *x, size_t stride,       \
                                 float *sums);                                                     \
  void tlc_add_scaled_f32_##isa(size_t count, float factor, const float *x, float *y,              \
                                int adding);                                                       \
  void tlc_add_product_f32_##isa(size_t count, const float *x, const float *z, float *y,           \
                                 int adding);                                                      \
  double tlc_sum_of_squares_f32_##isa(size_t count, const float *x);                               \
  void tlc_adamw_f32_##isa(size_t count, const tlc_adamw *how, const float *gradient,              \
                           float *mean, float *square, float *weight);                             \
  double tlc_cross_entropy_f32_##isa(size_t rows, size_t length, const float *x,                   \
                                     const int64_t *labels, int64_t ignored, float smoothing,      \
                                     float *logs);                                                 \
  void tlc_cross_entropy_gradient_f32_##isa(size_t rows, size_t length, const float *x,            \
                                            const int64_t *labels, int64_t ignored,                \
                                            float smoothing, const float *logs, float factor,      \
                                            float *dx, int adding);

DECLARE(scalar)
DECLARE(avx2)
DECLARE(avx512)

DECLARE_TRAINING(scalar)
DECLARE_TRAINING(avx2)
DECLARE_TRAINING(avx512)

#endif
