/// Products of f32 with matrices most of whose elements are zero, for the instruction set of the file
/// that includes this.
///
/// Vectors run along rows of activations: each element that is kept is multiplied by as many.
#include "panels.h"

enum {
  sparse_depth = tlc_sparse_depth,
  /// Rows of activations that are used at a time: 16 KiB of a block of them stay in the first cache.
  sparse_rows = tlc_sparse_rows,
};

typedef float four __attribute__((ext_vector_type(4)));

/// Sets `columns` rows of `to` to the columns of `rows` rows of `from`; both are multiples of 4.
static void transpose(const float *from, size_t from_stride, size_t rows, size_t columns, float *to,
                      size_t to_stride) {
  for (size_t row = 0; row < rows; row += 4)
    for (size_t column = 0; column < columns; column += 4) {
      four x[4];
      UNROLL for (size_t i = 0; i < 4; i++)
        memcpy(&x[i], from + (row + i) * from_stride + column, sizeof x[i]);
      const four a = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
      const four b = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
      const four c = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
      const four d = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
      x[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
      x[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
      x[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
      x[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
      UNROLL for (size_t i = 0; i < 4; i++)
        memcpy(to + (column + i) * to_stride + row, &x[i], sizeof x[i]);
    }
}

/// Transposes what of a block of activations there is, with zeros for what is not; returns whether all
/// are finite.
static int transpose_activations(const float *a, size_t a_stride, size_t rows, size_t columns,
                                 float *to, size_t count) {
  float block[sparse_rows * sparse_depth];
  const float *from = a;
  size_t stride = a_stride;
  if (rows < count || columns < sparse_depth) {
    for (size_t i = 0; i < count; i++)
      for (size_t p = 0; p < sparse_depth; p++)
        block[i * sparse_depth + p] = i < rows && p < columns ? a[i * a_stride + p] : 0;
    from = block;
    stride = sparse_depth;
  }
  transpose(from, stride, count, sparse_depth, to, count);
  words most = 0;
  for (size_t i = 0; i < count * sparse_depth; i += LANES)
    most = __builtin_elementwise_max(most, bits(absolute(load(to + i))));
  uint32_t greatest_bits = 0;
  for (int j = 0; j < LANES; j++) greatest_bits = most[j] > greatest_bits ? most[j] : greatest_bits;
  return greatest_bits < 0x7F800000u;
}

/// One block of one column: `vectors` vectors of rows.
INLINE void add_column(const tlc_sparse_matrix *b, size_t begin, size_t end, const float *x,
                       float *sums, const int vectors) {
  floats sum[sparse_rows / LANES];
  UNROLL for (int v = 0; v < vectors; v++) sum[v] = load(sums + v * LANES);
  for (size_t e = begin; e < end; e++) {
    const floats weight = b->values[e];
    const float *row = x + (size_t)b->rows[e] * (size_t)(vectors * LANES);
    UNROLL for (int v = 0; v < vectors; v++)
      sum[v] = fused(load(row + v * LANES), weight, sum[v]);
  }
  UNROLL for (int v = 0; v < vectors; v++) store(sums + v * LANES, sum[v]);
}

static void add_columns(const tlc_sparse_matrix *b, size_t block, size_t begin, size_t end,
                        const float *x, float *sums, size_t count) {
  const uint64_t *starts = b->starts + block * b->n;
  for (size_t j = begin; j < end; j++, sums += count) {
    if (starts[j] == starts[j + 1]) continue;
    if (count == 64) add_column(b, starts[j], starts[j + 1], x, sums, 64 / LANES);
    else if (count == 32) add_column(b, starts[j], starts[j + 1], x, sums, 32 / LANES);
    else add_column(b, starts[j], starts[j + 1], x, sums, 16 / LANES);
  }
}

/// The sums of rows that are not all finite, with the terms that are zero.
static void add_all(const tlc_sparse_matrix *b, size_t begin, size_t end, const float *a,
                    size_t a_stride, size_t rows, float *sums, size_t count) {
  for (size_t j = begin; j < end; j++)
    for (size_t i = 0; i < rows; i++) {
      float sum = 0;
      for (size_t start = 0, block = 0; start < b->k; start += sparse_depth, block++) {
        uint64_t e = b->starts[block * b->n + j];
        const uint64_t last = b->starts[block * b->n + j + 1];
        for (size_t p = 0; p < sparse_depth && start + p < b->k; p++) {
          const int is_kept = e < last && b->rows[e] == p;
          sum = __builtin_fmaf(a[i * a_stride + start + p], is_kept ? b->values[e] : 0, sum);
          e += (uint64_t)is_kept;
        }
      }
      sums[(j - begin) * count + i] = sum;
    }
}

/// Ends sums and writes what of them exists.
static void end_sums(float *sums, size_t columns, size_t rows, size_t count, const float *bias,
                     float *c, size_t c_stride) {
  for (size_t j = 0; j < columns; j++) {
    const float end = bias ? bias[j] + 0.f : 0.f;
    for (size_t i = 0; i < count; i += LANES) {
      const floats x = load(sums + j * count + i) + end;
      store(sums + j * count + i, nan_of(x, x));
    }
  }
  const size_t whole_columns = columns / 4 * 4, whole_rows = rows / 4 * 4;
  transpose(sums, count, whole_columns, whole_rows, c, c_stride);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++)
      c[i * c_stride + j] = sums[j * count + i];
}

void FOR_ISA(gemm_sparse)(size_t row_begin, size_t row_end, size_t column_begin, size_t column_end,
                          const float *a, size_t a_stride, const tlc_sparse_matrix *b,
                          const float *bias, float *c, size_t c_stride, float *scratch) {
  const size_t columns = column_end - column_begin;
  const size_t blocks = (b->k + sparse_depth - 1) / sparse_depth;
  float *sums = scratch, x[sparse_rows * sparse_depth];
  for (size_t row = row_begin, rows; row < row_end; row += rows) {
    const size_t left = row_end - row, count = left > 32 ? 64 : left > 16 ? 32 : 16;
    rows = lesser(left, count);
    const float *corner = a + row * a_stride;
    memset(sums, 0, columns * count * sizeof *sums);
    int all_finite = 1;
    for (size_t block = 0; block < blocks && all_finite; block++) {
      const size_t start = block * sparse_depth;
      all_finite = transpose_activations(corner + start, a_stride, rows,
                                         lesser(sparse_depth, b->k - start), x, count);
      if (all_finite) add_columns(b, block, column_begin, column_end, x, sums, count);
    }
    if (!all_finite) add_all(b, column_begin, column_end, corner, a_stride, rows, sums, count);
    end_sums(sums, columns, rows, count, bias ? bias + column_begin : NULL,
             c + row * c_stride + column_begin, c_stride);
  }
}
