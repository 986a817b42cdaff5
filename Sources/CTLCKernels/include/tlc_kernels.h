/// Kernels of TLC: the same bits as the references in plain Swift, for every instruction set.
///
/// Pointers need no alignment. No function allocates, reads a global, or keeps anything; ranges that
/// are written may be shared out among threads as each function says.
#ifndef TLC_KERNELS_H
#define TLC_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// What a function may use of the processor. A greater value includes the lesser ones.
typedef enum { tlc_isa_scalar = 0, tlc_isa_avx2 = 1, tlc_isa_avx512 = 2 } tlc_isa;

/// The greatest that this processor has.
tlc_isa tlc_isa_best(void);

/// Tells the processor that this thread waits for another one's write.
static inline void tlc_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Columns of a panel of packed weights.
enum { tlc_panel_width = 16 };

/// Packs `b`, of `k` rows and `n` columns, whose element [row, column] is
/// `b[row * row_stride + column * column_stride]`, into ⌈n / 16⌉ panels of `k` × 16 elements; the
/// last one's missing columns are 0. `packed` has room for ⌈n / 16⌉ · 16 · k elements.
void tlc_pack_f32(const float *b, size_t k, size_t n, size_t row_stride, size_t column_stride,
                  float *packed);

/// c[i, j] = (one chain of fused multiply-adds over k, ascending, from +0) + bias[j], a zero being +0
/// and a NaN 7fc00000: `formats/graph.md`, for rows in
/// row_begin ..< row_end and columns of the panels panel_begin ..< panel_end, at most `n`.
///
/// `bias` may be null, and then nothing is added. A NaN is 7fc00000. Row i of `a` starts at a + i · a_stride, of `c` at
/// c + i · c_stride. Threads may share out rows or panels.
void tlc_gemm_f32(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                  size_t panel_end, size_t n, size_t k, const float *a, size_t a_stride,
                  const float *packed, const float *bias, float *c, size_t c_stride);

/// An axis of windows: the length of what they read, how many there are, and their kernel.
typedef struct {
  size_t input, output, kernel, stride, dilation;
  /// How far before the input the first window starts.
  size_t before;
} tlc_window_axis;

/// Windows on a block of three axes, in row-major order.
typedef struct {
  tlc_window_axis axes[3];
} tlc_window;

/// Gathers what the windows first ..< first + count, at most 16, read from each of `channels`
/// blocks, +0 beyond them: a panel whose row is a channel and then a kernel position in row-major
/// order, and whose columns are the windows; those that are missing are 0.
void tlc_gather_f32(const float *x, size_t channels, const tlc_window *window, size_t first,
                    size_t count, float *panel);

/// Rows of bytes: `k` codes from −127 to 127 a row, with zeros up to a multiple of 4.
typedef struct {
  const int8_t *codes;
  /// From row to row, at least `k` up to a multiple of 4.
  size_t stride;
  /// What a code is worth, and the sum of the codes, a row.
  const float *scales;
  const int32_t *sums;
} tlc_int8_rows;

/// Quantizes rows row_begin ..< row_end of `x`, of `k` elements each: `formats/products.md`.
void tlc_quantize_rows(tlc_isa isa, size_t row_begin, size_t row_end, size_t k, const float *x,
                       size_t x_stride, int8_t *codes, size_t stride, float *scales, int32_t *sums);

/// What is left of a code beyond −127…127, of a row of the matrix and a column of the panel.
typedef struct {
  uint32_t row, column;
  int32_t value;
} tlc_remainder;

/// A matrix of codes of `k` rows and `n` columns.
typedef struct {
  size_t k, n;
  /// ⌈n / 16⌉ panels of ⌈k / 4⌉ × 16 × 4 codes from −127 to 127.
  const int8_t *panels;
  /// What is left, in the order of panels; or null. The sum of the magnitudes of a column's codes is
  /// below 2²⁴.
  const tlc_remainder *remainders;
  /// Where each panel's remainders start, and the end.
  const uint64_t *remainder_starts;
  /// What a code is worth, a column.
  const float *steps;
} tlc_int8_matrix;

/// Packs `b`, as `tlc_pack_f32` does; −128 becomes −127.
void tlc_pack_int8(const int8_t *b, size_t k, size_t n, size_t row_stride, size_t column_stride,
                   int8_t *packed);

/// c[i, j] of codes, exact but for the last product and sum: `formats/products.md`. Ranges, `bias`
/// and `c` are as for `tlc_gemm_f32`.
void tlc_gemm_int8(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                   size_t panel_end, const tlc_int8_rows *a, const tlc_int8_matrix *b,
                   const float *bias, float *c, size_t c_stride);

/// A matrix of codes of `k` rows and `n` columns, of 8 bits (−128…127) or 4 (−8…7).
typedef struct {
  size_t k, n;
  /// How many neighbours down a column share a step; at least 1.
  size_t group;
  /// 8 or 4.
  int bits;
  /// ⌈n / 16⌉ panels of `tlc_blocks_of_codes` blocks of 64 bytes; each four panels' blocks take turns.
  const uint8_t *panels;
  /// ⌈n / 16⌉ panels of ⌈k / group⌉ × 16 steps; each four panels' groups take turns.
  const float *steps;
} tlc_code_matrix;

/// Blocks of 64 bytes of a panel of codes.
size_t tlc_blocks_of_codes(size_t k, size_t group, int bits);

/// Packs `b`, as `tlc_pack_f32` does, and its steps, of ⌈k / group⌉ rows and `n` columns, whose element
/// [group, column] is `steps[group * step_row_stride + column * step_column_stride]`.
void tlc_pack_codes(const int8_t *b, size_t row_stride, size_t column_stride, const float *steps,
                    size_t step_row_stride, size_t step_column_stride, size_t k, size_t n,
                    size_t group, int bits, uint8_t *packed, float *packed_steps);

/// A table of codes: rows of `length` codes, each of which has ⌈length / group⌉ steps.
typedef struct {
  size_t length, group;
  const int8_t *codes;
  const float *steps;
  /// How far apart the steps of two rows are: 0 where all have the same.
  size_t step_stride;
} tlc_code_table;

/// y[i] = code × step, rounded once, of row rows[i / length] of the table, for `count` rows.
void tlc_look_up_codes(const tlc_code_table *table, const int64_t *rows, size_t count, float *y);

/// c[i, j] of activations as they are and codes: `formats/products.md`. Ranges, `a`, `bias` and `c`
/// are as for `tlc_gemm_f32`.
void tlc_gemm_codes(tlc_isa isa, size_t row_begin, size_t row_end, size_t panel_begin,
                    size_t panel_end, const float *a, size_t a_stride, const tlc_code_matrix *b,
                    const float *bias, float *c, size_t c_stride);

enum {
  /// Rows of a block of a sparse matrix, and rows of activations that are multiplied at a time.
  tlc_sparse_depth = 64,
  tlc_sparse_rows = 64,
};

/// A matrix of `k` rows and `n` columns without its zeros: the elements that are kept, block of 64 rows
/// by block, in it column by column, and in that in ascending order.
typedef struct {
  size_t k, n;
  /// Where each block's column starts, ⌈k / 64⌉ · n places, and the end.
  const uint64_t *starts;
  /// The row in its block, and the value, of each.
  const uint8_t *rows;
  const float *values;
} tlc_sparse_matrix;

/// The bits of `tlc_gemm_f32` with the same matrix, zeros included, for columns in
/// column_begin ..< column_end. `scratch` has room for 64 elements a column of the range.
void tlc_gemm_sparse(tlc_isa isa, size_t row_begin, size_t row_end, size_t column_begin,
                     size_t column_end, const float *a, size_t a_stride,
                     const tlc_sparse_matrix *b, const float *bias, float *c, size_t c_stride,
                     float *scratch);

/// Functions of `formats/numbers.md`, element by element; `x` and `y` may be the same.
void tlc_exp_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_tanh_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_erf_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_gelu_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_sigmoid_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_log_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_softplus_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_swish_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_gelu_tanh_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_mish_f32(tlc_isa isa, size_t count, const float *x, float *y);

/// gamma · (x < 0 ? alpha · expm1(x / divisor) : x), as `Elu`, `Selu` and `Celu` are; `x` and `y` may
/// be the same.
void tlc_exponential_unit_f32(tlc_isa isa, size_t count, float divisor, float alpha, float gamma,
                              const float *x, float *y);

/// Arithmetic on two numbers, rounded once, and `Pow`; a NaN is 7fc00000.
typedef enum {
  tlc_add = 0,
  tlc_subtract = 1,
  tlc_multiply = 2,
  tlc_divide = 3,
  tlc_power = 4
} tlc_operation;

/// z[i] of x[i · x_step] and y[i · y_step], where steps are 0 or 1; `z` may be the same memory as an
/// operand whose step is 1.
void tlc_combine_f32(tlc_isa isa, tlc_operation operation, size_t count, const float *x,
                     size_t x_step, const float *y, size_t y_step, float *z);

/// Softmax of each of `rows` contiguous rows of `length` elements: `formats/graph.md`. `x` and `y`
/// may be the same.
void tlc_softmax_f32(tlc_isa isa, size_t rows, size_t length, const float *x, float *y);

/// LayerNormalization of each of `rows` contiguous rows of `length` ≥ 1 elements:
/// `formats/graph.md`. `scale` and `bias` have `length` elements, or are null; `means` and
/// `inverses` take one a row, or are null. `x` and `y` may be the same.
void tlc_layer_norm_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                        const float *scale, const float *bias, float epsilon, float *y,
                        float *means, float *inverses);

/// Columns of a panel of numbers in f64.
enum { tlc_moment_width = 8 };

/// Packs rows of f32 into ⌈columns / 8⌉ panels of `rows` × 8 numbers; missing columns are 0.
void tlc_pack_moments_f32(size_t rows, size_t columns, const float *x, size_t row_stride,
                          double *packed);

/// The same of the transpose of `a`, `rows` rows of `count` numbers: ⌈rows / 8⌉ panels of `count` × 8.
void tlc_pack_moments_f64(size_t rows, size_t count, const double *a, size_t a_stride,
                          double *packed);

/// c[i, j] = c[i, j] + (sign · p[k, i]) · p[k, j], k ascending, each operation rounded, for the rows
/// of the panels panel_begin ..< panel_end and the columns of panels up to that of the row. `c` has
/// whole panels of rows and columns. `is_exact` says that no product of two numbers needs rounding.
/// Threads may share out panels.
void tlc_add_products_f64(tlc_isa isa, size_t panel_begin, size_t panel_end, size_t count,
                          const double *packed, double sign, int is_exact, double *c,
                          size_t c_stride);

/// The lower triangle of a symmetric matrix becomes its Cholesky factor: each element less products
/// in ascending order, each operation rounded, divided by that of the diagonal. Returns the first row
/// whose pivot is not from above 0 to 1e300, or `n`.
size_t tlc_factor_diagonal_f64(size_t n, double *a, size_t stride);

/// The same for rows of `n` columns below the factor `diagonal`, in the same matrix. Threads may share
/// out rows.
void tlc_factor_rows_f64(size_t rows, size_t n, const double *diagonal, double *a, size_t stride);

/// s[i, j] = e[i] · m[j] + s[i, j], rounded once. Threads may share out rows.
void tlc_add_outer_f32(tlc_isa isa, size_t rows, size_t columns, const float *e, size_t e_stride,
                       const float *m, float *s, size_t s_stride);

/// How many rows are predicted at a time, and how many columns' coefficients lie side by side.
enum { tlc_prediction_width = 8 };

/// p[j, r] = ⌊(offsets[j] + Σ coefficients[j, k] · inputs[k, r] + 2^(shift − 1)) / 2^shift⌋ of eight
/// rows r and `columns` columns j, over `references` columns k.
///
/// Inputs and coefficients are integers whose sums of products are below 2²² in magnitude, and shift
/// is at least 1. Coefficients are in blocks of eight columns, 0 for those that are missing: of a
/// block for each k the eight of its columns.
void tlc_predict_rows(tlc_isa isa, size_t references, size_t columns, const float *inputs,
                      const float *coefficients, const int32_t *offsets, int shift,
                      int32_t *predictions);

/// How many rows are decoded at a time, and the mark of an entry that is no residual.
enum { tlc_stream_width = 8 };
#define tlc_stream_escape 0x80000000u

/// Rows that are being decoded: `formats/codecs/rans-matrix.md`.
typedef struct {
  uint32_t states[tlc_stream_width];
  /// How many words there are; eight more may be read.
  size_t count;
  /// The word that is taken next.
  size_t position;
  /// How many symbols of the call were escaped.
  size_t escape_count;
  /// All symbols so far that were not, or-ed.
  uint32_t all;
} tlc_stream;

/// How symbols are told by states.
typedef struct {
  /// How many tables there are, 1 to 2^16.
  size_t count;
  /// Frequencies of a table sum to 2 to the power of this.
  int precision;
  /// Of a table 2^precision, each the number of an entry.
  const uint8_t *slots;
  /// Of a table 256, in the order of their slots: each a residual or the mark of an escape, in 32
  /// bits, with 16 bits of a frequency and 16 of the first slot above them.
  const uint64_t *entries;
} tlc_stream_tables;

/// Decodes columns of eight rows: for column j and row r expected[j, r] + the residual that the state
/// tells by the table table_of[j, r], at symbols[places[j] + r · stride]; or, where it is escaped,
/// 8j + r among the escapes, which have place for all symbols.
///
/// Stops with a column with which more words are taken than there are.
void tlc_decode_rows(tlc_isa isa, tlc_stream *stream, const uint16_t *words,
                     const tlc_stream_tables *tables, size_t columns, const uint32_t *table_of,
                     const uint32_t *expected, const ptrdiff_t *places, size_t stride,
                     uint32_t *symbols, uint32_t *escapes);

/// Does fused multiply-adds in registers, as many as the processor can, and returns how many of
/// numbers they were: what no product is faster than.
size_t tlc_spend_fma_f32(tlc_isa isa, size_t rounds, float *result);

/// Reads `count` elements, a multiple of 128: what nothing that reads as much is faster than.
void tlc_spend_read_f32(tlc_isa isa, size_t count, const float *x, float *result);

/// What a step of AdamW does.
typedef struct {
  /// What gradients are multiplied by before all else.
  float factor;
  float beta1, beta2;
  /// The learning rate, by which weights decay, and the rate of the step: over 1 − 𝛽₁ᵗ.
  float rate, decay, step;
  /// 1 / √(1 − 𝛽₂ᵗ).
  float root, epsilon;
} tlc_adamw;

/// dx = dy · d/dx of x · Φ(x), or is added to where `adding` is not 0, as in all that follow.
void tlc_gelu_gradient_f32(tlc_isa isa, size_t count, const float *x, const float *dy, float *dx,
                           int adding);

/// The same of the approximation with tanh.
void tlc_gelu_tanh_gradient_f32(tlc_isa isa, size_t count, const float *x, const float *dy,
                                float *dx, int adding);

/// dx = dy where x > 0, else 0.
void tlc_relu_gradient_f32(tlc_isa isa, size_t count, const float *x, const float *dy, float *dx,
                           int adding);

/// dx = dy · (1 − y²), with y = tanh(x).
void tlc_tanh_gradient_f32(tlc_isa isa, size_t count, const float *y, const float *dy, float *dx,
                           int adding);

/// dx = dy · y · (1 − y), with y the function of x.
void tlc_sigmoid_gradient_f32(tlc_isa isa, size_t count, const float *y, const float *dy,
                              float *dx, int adding);

/// dx = factor · y · (dy − Σ y · dy) of each row, with y the function of x.
void tlc_softmax_gradient_f32(tlc_isa isa, size_t rows, size_t length, const float *y,
                              const float *dy, float factor, float *dx, int adding);

/// The gradient of normalized rows; `dx` may be null. What `dscale` and `dbias`, of `length`
/// elements, or null, get is added.
void tlc_layer_norm_gradient_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                                 const float *scale, const float *means, const float *inverses,
                                 const float *dy, float *dx, int adding, float *dscale,
                                 float *dbias);

/// y = factor · x where the word that is drawn for the place first + i is at least
/// `threshold`, else 0.
void tlc_dropout_f32(tlc_isa isa, size_t count, uint32_t first, uint32_t low, uint32_t high,
                     uint32_t threshold, float factor, const float *x, float *y, int adding);

/// Adds each column's sum to `sums`, row by row.
void tlc_column_sums_f32(tlc_isa isa, size_t rows, size_t columns, const float *x, size_t stride,
                         float *sums);

/// y = factor · x, or is added to.
void tlc_add_scaled_f32(tlc_isa isa, size_t count, float factor, const float *x, float *y,
                        int adding);

/// y = x · z, or is added to.
void tlc_add_product_f32(tlc_isa isa, size_t count, const float *x, const float *z, float *y,
                         int adding);

/// Σ x² in float64.
double tlc_sum_of_squares_f32(tlc_isa isa, size_t count, const float *x);

/// A step of AdamW (Loshchilov and Hutter, 2019).
void tlc_adamw_f32(tlc_isa isa, size_t count, const tlc_adamw *how, const float *gradient,
                   float *mean, float *square, float *weight);

/// The sum over rows, whose labels are not `ignored`, of log Σ exp(x) − Σ target · x, where a
/// target is 1 − smoothing at the label and smoothing / length everywhere; `logs` takes log Σ
/// exp(x).
double tlc_cross_entropy_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                             const int64_t *labels, int64_t ignored, float smoothing,
                             float *logs);

/// dx = factor · (softmax(x) − target), 0 of ignored rows.
void tlc_cross_entropy_gradient_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                                    const int64_t *labels, int64_t ignored, float smoothing,
                                    const float *logs, float factor, float *dx, int adding);

#endif
