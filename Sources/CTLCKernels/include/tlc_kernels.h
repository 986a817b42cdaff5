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

/// Functions of `formats/numbers.md`, element by element; `x` and `y` may be the same.
void tlc_exp_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_tanh_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_erf_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_gelu_f32(tlc_isa isa, size_t count, const float *x, float *y);
void tlc_sigmoid_f32(tlc_isa isa, size_t count, const float *x, float *y);

/// Softmax of each of `rows` contiguous rows of `length` elements: `formats/graph.md`. `x` and `y`
/// may be the same.
void tlc_softmax_f32(tlc_isa isa, size_t rows, size_t length, const float *x, float *y);

/// LayerNormalization of each of `rows` contiguous rows of `length` ≥ 1 elements:
/// `formats/graph.md`. `scale` and `bias` have `length` elements, or are null; `means` and
/// `inverses` take one a row, or are null. `x` and `y` may be the same.
void tlc_layer_norm_f32(tlc_isa isa, size_t rows, size_t length, const float *x,
                        const float *scale, const float *bias, float epsilon, float *y,
                        float *means, float *inverses);

/// Does fused multiply-adds in registers, as many as the processor can, and returns how many of
/// numbers they were: what no product is faster than.
size_t tlc_spend_fma_f32(tlc_isa isa, size_t rounds, float *result);

/// Reads `count` elements, a multiple of 128: what nothing that reads as much is faster than.
void tlc_spend_read_f32(tlc_isa isa, size_t count, const float *x, float *result);

#endif
