/// Work on rows, for the instruction set of the file that includes this.
///
/// Sums along a row go into 16 lanes, element i into lane i mod 16, which are added as a tree:
/// `formats/graph.md`. A rest of fewer than 16 elements is padded with what changes no lane.
#include "functions_f32.h"
#include "kernels.h"

enum { row_lanes = 16, row_vectors = row_lanes / LANES };

typedef struct {
  floats part[row_vectors];
} lanes;

INLINE lanes splat(float x) {
  lanes all;
  for (int v = 0; v < row_vectors; v++) all.part[v] = x;
  return all;
}

INLINE lanes load_lanes(const float *x) {
  lanes all;
  for (int v = 0; v < row_vectors; v++) all.part[v] = load(x + v * LANES);
  return all;
}

/// The elements that there are, and `rest` for those that are not.
INLINE lanes load_rest(const float *x, size_t count, float rest) {
  float padded[row_lanes];
  for (size_t i = 0; i < row_lanes; i++) padded[i] = i < count ? x[i] : rest;
  return load_lanes(padded);
}

INLINE void store_rest(float *y, lanes all, size_t count) {
  float padded[row_lanes];
  for (int v = 0; v < row_vectors; v++) store(padded + v * LANES, all.part[v]);
  for (size_t i = 0; i < row_lanes && i < count; i++) y[i] = padded[i];
}

INLINE float tree(lanes all) {
  float lane[row_lanes];
  for (int v = 0; v < row_vectors; v++) store(lane + v * LANES, all.part[v]);
  for (int h = row_lanes / 2; h > 0; h /= 2)
    for (int j = 0; j < h; j++) lane[j] += lane[j + h];
  return lane[0];
}

INLINE float greatest_lane(lanes all) {
  float lane[row_lanes];
  for (int v = 0; v < row_vectors; v++) store(lane + v * LANES, all.part[v]);
  float most = lane[0];
  for (int j = 1; j < row_lanes; j++) most = lane[j] > most ? lane[j] : most;
  return most;
}

void FOR_ISA(softmax_f32)(size_t rows, size_t length, const float *x, float *y) {
  const size_t whole = length / row_lanes * row_lanes;
  for (size_t row = 0; row < rows; row++, x += length, y += length) {
    lanes most = splat(-__builtin_inff());
    for (size_t i = 0; i < length; i += row_lanes) {
      lanes a = i < whole ? load_lanes(x + i)
                          : load_rest(x + i, length - i, -__builtin_inff());
      for (int v = 0; v < row_vectors; v++) most.part[v] = greatest(a.part[v], most.part[v]);
    }
    const float base = greatest_lane(most);
    lanes sum = splat(0);
    for (size_t i = 0; i < length; i += row_lanes) {
      // What is not there is exp(−∞) = 0.
      lanes a = i < whole ? load_lanes(x + i)
                          : load_rest(x + i, length - i, -__builtin_inff());
      for (int v = 0; v < row_vectors; v++) {
        a.part[v] = exp_of(a.part[v] - base);
        sum.part[v] = sum.part[v] + a.part[v];
      }
      if (i < whole)
        for (int v = 0; v < row_vectors; v++) store(y + i + v * LANES, a.part[v]);
      else
        store_rest(y + i, a, length - i);
    }
    const float inverse = 1.f / tree(sum);
    for (size_t i = 0; i < length; i += row_lanes) {
      lanes a = i < whole ? load_lanes(y + i) : load_rest(y + i, length - i, 0);
      for (int v = 0; v < row_vectors; v++) {
        floats p = a.part[v] * inverse;
        a.part[v] = nan_of(p, p);
      }
      if (i < whole)
        for (int v = 0; v < row_vectors; v++) store(y + i + v * LANES, a.part[v]);
      else
        store_rest(y + i, a, length - i);
    }
  }
}

void FOR_ISA(layer_norm_f32)(size_t rows, size_t length, const float *x, const float *scale,
                             const float *bias, float epsilon, float *y, float *means,
                             float *inverses) {
  const size_t whole = length / row_lanes * row_lanes;
  for (size_t row = 0; row < rows; row++, x += length, y += length) {
    lanes sum = splat(0);
    for (size_t i = 0; i < length; i += row_lanes) {
      lanes a = i < whole ? load_lanes(x + i) : load_rest(x + i, length - i, 0);
      for (int v = 0; v < row_vectors; v++) sum.part[v] = sum.part[v] + a.part[v];
    }
    const float mean = tree(sum) / (float)length;
    lanes squares = splat(0);
    for (size_t i = 0; i < length; i += row_lanes) {
      lanes a = i < whole ? load_lanes(x + i) : load_rest(x + i, length - i, mean);
      for (int v = 0; v < row_vectors; v++) {
        floats d = a.part[v] - mean;
        squares.part[v] = fused(d, d, squares.part[v]);
      }
    }
    const float inverse = 1.f / __builtin_sqrtf(tree(squares) / (float)length + epsilon);
    for (size_t i = 0; i < length; i += row_lanes) {
      const size_t count = length - i;
      lanes a = i < whole ? load_lanes(x + i) : load_rest(x + i, count, 0);
      lanes s = !scale ? splat(1) : i < whole ? load_lanes(scale + i) : load_rest(scale + i, count, 0);
      lanes b = !bias ? splat(0) : i < whole ? load_lanes(bias + i) : load_rest(bias + i, count, 0);
      for (int v = 0; v < row_vectors; v++) {
        floats d = (a.part[v] - mean) * inverse;
        floats p = bias ? fused(d, s.part[v], b.part[v]) : d * s.part[v];
        a.part[v] = nan_of(p, p);
      }
      if (i < whole)
        for (int v = 0; v < row_vectors; v++) store(y + i + v * LANES, a.part[v]);
      else
        store_rest(y + i, a, count);
    }
    if (means) means[row] = mean;
    if (inverses) inverses[row] = inverse;
  }
}
