#include "kernels.h"

tlc_isa tlc_isa_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512vnni"))
    return tlc_isa_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return tlc_isa_avx2;
#endif
  return tlc_isa_scalar;
}

#if defined(__x86_64__)
#define CALL(isa, name, ...)                                                                       \
  ((isa) >= tlc_isa_avx512 ? name##_avx512(__VA_ARGS__)                                            \
   : (isa) >= tlc_isa_avx2 ? name##_avx2(__VA_ARGS__)                                              \
                           : name##_scalar(__VA_ARGS__))
#else
#define CALL(isa, name, ...) ((void)(isa), name##_scalar(__VA_ARGS__))
#endif

void tlc_gemm_f32(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                  size_t panel_end, size_t n, size_t k, const float *a, size_t a_stride,
                  const float *packed, const float *bias, float *c, size_t c_stride) {
  CALL(isa, tlc_gemm_f32, row_begin, row_end, panel_begin, panel_end, n, k, a, a_stride, packed,
       bias, c, c_stride);
}

void tlc_quantize_rows(tlc_isa isa, size_t row_begin, size_t row_end, size_t k, const float *x,
                       size_t x_stride, int8_t *codes, size_t stride, float *scales,
                       int32_t *sums) {
  CALL(isa, tlc_quantize_rows, row_begin, row_end, k, x, x_stride, codes, stride, scales, sums);
}

void tlc_gemm_int8(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                   size_t panel_end, const tlc_int8_rows *a, const tlc_int8_matrix *b,
                   const float *bias, float *c, size_t c_stride) {
  CALL(isa, tlc_gemm_int8, row_begin, row_end, panel_begin, panel_end, a, b, bias, c, c_stride);
}

void tlc_gemm_codes(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                    size_t panel_end, const float *a, size_t a_stride, const tlc_code_matrix *b,
                    const float *bias, float *c, size_t c_stride) {
  CALL(isa, tlc_gemm_codes, row_begin, row_end, panel_begin, panel_end, a, a_stride, b, bias, c,
       c_stride);
}

void tlc_gemm_sparse(tlc_isa isa, size_t row_begin, size_t row_end, size_t column_begin,
                     size_t column_end, const float *a, size_t a_stride,
                     const tlc_sparse_matrix *b, const float *bias, float *c, size_t c_stride,
                     float *scratch) {
  CALL(isa, tlc_gemm_sparse, row_begin, row_end, column_begin, column_end, a, a_stride, b, bias, c,
       c_stride, scratch);
}

#define MAP(name)                                                                                  \
  void name(tlc_isa isa, size_t count, const float *x, float *y) { CALL(isa, name, count, x, y); }

MAP(tlc_exp_f32)
MAP(tlc_tanh_f32)
MAP(tlc_erf_f32)
MAP(tlc_gelu_f32)
MAP(tlc_sigmoid_f32)
MAP(tlc_log_f32)
MAP(tlc_softplus_f32)
MAP(tlc_swish_f32)
MAP(tlc_gelu_tanh_f32)
MAP(tlc_mish_f32)

void tlc_exponential_unit_f32(tlc_isa isa, size_t count, float divisor, float alpha, float gamma,
                              const float *x, float *y) {
  CALL(isa, tlc_exponential_unit_f32, count, divisor, alpha, gamma, x, y);
}

void tlc_combine_f32(tlc_isa isa, tlc_operation operation, size_t count, const float *x,
                     size_t x_step, const float *y, size_t y_step, float *z) {
  CALL(isa, tlc_combine_f32, operation, count, x, x_step, y, y_step, z);
}

void tlc_softmax_f32(tlc_isa isa, size_t rows, size_t length, const float *x, float *y) {
  CALL(isa, tlc_softmax_f32, rows, length, x, y);
}

void tlc_layer_norm_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                        const float *scale, const float *bias, float epsilon, float *y,
                        float *means, float *inverses) {
  CALL(isa, tlc_layer_norm_f32, rows, length, x, scale, bias, epsilon, y, means, inverses);
}

void tlc_add_products_f64(tlc_isa isa, size_t panel_begin, size_t panel_end, size_t count,
                          const double *packed, double sign, int is_exact, double *c,
                          size_t c_stride) {
  CALL(isa, tlc_add_products_f64, panel_begin, panel_end, count, packed, sign, is_exact, c,
       c_stride);
}

void tlc_add_outer_f32(tlc_isa isa, size_t rows, size_t columns, const float *e, size_t e_stride,
                       const float *m, float *s, size_t s_stride) {
  CALL(isa, tlc_add_outer_f32, rows, columns, e, e_stride, m, s, s_stride);
}

void tlc_predict_rows(tlc_isa isa, size_t references, size_t columns, const float *inputs,
                      const float *coefficients, const int32_t *offsets, int shift,
                      int32_t *predictions) {
  CALL(isa, tlc_predict_rows, references, columns, inputs, coefficients, offsets, shift,
       predictions);
}

void tlc_decode_rows(tlc_isa isa, tlc_stream *stream, const uint16_t *words,
                     const tlc_stream_tables *tables, size_t columns, const uint32_t *table_of,
                     const uint32_t *expected, const ptrdiff_t *places, size_t stride,
                     uint32_t *symbols, uint32_t *escapes) {
  CALL(isa, tlc_decode_rows, stream, words, tables, columns, table_of, expected, places, stride,
       symbols, escapes);
}

size_t tlc_spend_fma_f32(tlc_isa isa, size_t rounds, float *result) {
  return CALL(isa, tlc_spend_fma_f32, rounds, result);
}

void tlc_spend_read_f32(tlc_isa isa, size_t count, const float *x, float *result) {
  CALL(isa, tlc_spend_read_f32, count, x, result);
}

void tlc_gelu_gradient_f32(tlc_isa isa, size_t count, const float *x, const float *dy, float *dx,
                           int adding) {
  CALL(isa, tlc_gelu_gradient_f32, count, x, dy, dx, adding);
}

void tlc_gelu_tanh_gradient_f32(tlc_isa isa, size_t count, const float *x, const float *dy,
                                float *dx, int adding) {
  CALL(isa, tlc_gelu_tanh_gradient_f32, count, x, dy, dx, adding);
}

void tlc_relu_gradient_f32(tlc_isa isa, size_t count, const float *x, const float *dy, float *dx,
                           int adding) {
  CALL(isa, tlc_relu_gradient_f32, count, x, dy, dx, adding);
}

void tlc_tanh_gradient_f32(tlc_isa isa, size_t count, const float *y, const float *dy, float *dx,
                           int adding) {
  CALL(isa, tlc_tanh_gradient_f32, count, y, dy, dx, adding);
}

void tlc_sigmoid_gradient_f32(tlc_isa isa, size_t count, const float *y, const float *dy,
                              float *dx, int adding) {
  CALL(isa, tlc_sigmoid_gradient_f32, count, y, dy, dx, adding);
}

void tlc_softmax_gradient_f32(tlc_isa isa, size_t rows, size_t length, const float *y,
                              const float *dy, float factor, float *dx, int adding) {
  CALL(isa, tlc_softmax_gradient_f32, rows, length, y, dy, factor, dx, adding);
}

void tlc_layer_norm_gradient_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                                 const float *scale, const float *means, const float *inverses,
                                 const float *dy, float *dx, int adding, float *dscale,
                                 float *dbias) {
  CALL(isa, tlc_layer_norm_gradient_f32, rows, length, x, scale, means, inverses, dy, dx, adding,
       dscale, dbias);
}

void tlc_dropout_f32(tlc_isa isa, size_t count, uint32_t first, uint32_t low, uint32_t high,
                     uint32_t threshold, float factor, const float *x, float *y, int adding) {
  CALL(isa, tlc_dropout_f32, count, first, low, high, threshold, factor, x, y, adding);
}

void tlc_column_sums_f32(tlc_isa isa, size_t rows, size_t columns, const float *x, size_t stride,
                         float *sums) {
  CALL(isa, tlc_column_sums_f32, rows, columns, x, stride, sums);
}

void tlc_add_scaled_f32(tlc_isa isa, size_t count, float factor, const float *x, float *y,
                        int adding) {
  CALL(isa, tlc_add_scaled_f32, count, factor, x, y, adding);
}

void tlc_add_product_f32(tlc_isa isa, size_t count, const float *x, const float *z, float *y,
                         int adding) {
  CALL(isa, tlc_add_product_f32, count, x, z, y, adding);
}

double tlc_sum_of_squares_f32(tlc_isa isa, size_t count, const float *x) {
  return CALL(isa, tlc_sum_of_squares_f32, count, x);
}

void tlc_adamw_f32(tlc_isa isa, size_t count, const tlc_adamw *how, const float *gradient,
                   float *mean, float *square, float *weight) {
  CALL(isa, tlc_adamw_f32, count, how, gradient, mean, square, weight);
}

double tlc_cross_entropy_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                             const int64_t *labels, int64_t ignored, float smoothing,
                             float *logs) {
  return CALL(isa, tlc_cross_entropy_f32, rows, length, x, labels, ignored, smoothing, logs);
}

void tlc_cross_entropy_gradient_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                                    const int64_t *labels, int64_t ignored, float smoothing,
                                    const float *logs, float factor, float *dx, int adding) {
  CALL(isa, tlc_cross_entropy_gradient_f32, rows, length, x, labels, ignored, smoothing, logs,
       factor, dx, adding);
}
