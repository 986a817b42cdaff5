/// Work of training, for the instruction set of the file that includes this.
///
/// Nothing of a file depends on these bits: sums may be in any order, which is the same in each run
/// on one processor whatever the number of threads.
#include "functions_f32.h"
#include "kernels.h"

#define IN_ANY_ORDER _Pragma("clang fp reassociate(on) contract(fast)")

/// Stores or adds a vector, the last few elements of a line through one of their own.
INLINE void give(float *y, floats v, size_t count, int adding) {
  if (count >= LANES) {
    store(y, adding ? load(y) + v : v);
    return;
  }
  float rest[LANES];
  store(rest, v);
  for (size_t i = 0; i < count; i++) y[i] = adding ? y[i] + rest[i] : rest[i];
}

INLINE floats take(const float *x, size_t count) {
  if (count >= LANES) return load(x);
  float rest[LANES] = {0};
  memcpy(rest, x, count * sizeof(float));
  return load(rest);
}

void FOR_ISA(gelu_gradient_f32)(size_t count, const float *x, const float *dy, float *dx,
                                int adding) {
  for (size_t i = 0; i < count; i += LANES) {
    const size_t left = count - i;
    floats a = take(x + i, left);
    floats area = 0.5f * (1.f + erf_of(a * 0x1.6a09e6p-1f));
    floats density = 0x1.988454p-2f * exp_of(-0.5f * a * a);
    give(dx + i, take(dy + i, left) * fused(a, density, area), left, adding);
  }
}

void FOR_ISA(gelu_tanh_gradient_f32)(size_t count, const float *x, const float *dy, float *dx,
                                     int adding) {
  for (size_t i = 0; i < count; i += LANES) {
    const size_t left = count - i;
    floats a = take(x + i, left);
    floats s = 0x1.988454p-1f * a * (1.f + 0.044715f * a * a);
    floats t = tanh_of(s);
    floats slope = 0x1.988454p-1f * (1.f + 3.f * 0.044715f * a * a);
    floats d = 0.5f * (1.f + t) + 0.5f * a * (1.f - t * t) * slope;
    give(dx + i, take(dy + i, left) * d, left, adding);
  }
}

void FOR_ISA(relu_gradient_f32)(size_t count, const float *x, const float *dy, float *dx,
                                int adding) {
  for (size_t i = 0; i < count; i++) {
    float d = x[i] > 0 ? dy[i] : 0;
    dx[i] = adding ? dx[i] + d : d;
  }
}

void FOR_ISA(tanh_gradient_f32)(size_t count, const float *y, const float *dy, float *dx,
                                int adding) {
  for (size_t i = 0; i < count; i++) {
    float d = dy[i] * (1.f - y[i] * y[i]);
    dx[i] = adding ? dx[i] + d : d;
  }
}

void FOR_ISA(sigmoid_gradient_f32)(size_t count, const float *y, const float *dy, float *dx,
                                   int adding) {
  for (size_t i = 0; i < count; i++) {
    float d = dy[i] * y[i] * (1.f - y[i]);
    dx[i] = adding ? dx[i] + d : d;
  }
}

void FOR_ISA(softmax_gradient_f32)(size_t rows, size_t length, const float *y, const float *dy,
                                   float factor, float *dx, int adding) {
  IN_ANY_ORDER
  for (size_t row = 0; row < rows; row++, y += length, dy += length, dx += length) {
    float dot = 0;
    for (size_t i = 0; i < length; i++) dot += y[i] * dy[i];
    for (size_t i = 0; i < length; i++) {
      float d = factor * y[i] * (dy[i] - dot);
      dx[i] = adding ? dx[i] + d : d;
    }
  }
}

void FOR_ISA(layer_norm_gradient_f32)(size_t rows, size_t length, const float *x,
                                      const float *scale, const float *means,
                                      const float *inverses, const float *dy, float *dx, int adding,
                                      float *dscale, float *dbias) {
  IN_ANY_ORDER
  for (size_t row = 0; row < rows; row++, x += length, dy += length) {
    const float mean = means[row], inverse = inverses[row];
    if (dscale)
      for (size_t i = 0; i < length; i++) dscale[i] += dy[i] * (x[i] - mean) * inverse;
    if (dbias)
      for (size_t i = 0; i < length; i++) dbias[i] += dy[i];
    if (!dx) continue;
    float sum = 0, dot = 0;
    for (size_t i = 0; i < length; i++) {
      float g = dy[i] * scale[i];
      sum += g;
      dot += g * (x[i] - mean) * inverse;
    }
    const float a = sum / (float)length, b = dot / (float)length;
    for (size_t i = 0; i < length; i++) {
      float d = inverse * (dy[i] * scale[i] - a - (x[i] - mean) * inverse * b);
      dx[i] = adding ? dx[i] + d : d;
    }
    dx += length;
  }
}

/// The finalizer of MurmurHash3, over twice with the words of a key.
INLINE words mixed(words x) {
  x ^= x >> 16;
  x *= 0x85EBCA6Bu;
  x ^= x >> 13;
  x *= 0xC2B2AE35u;
  return x ^ (x >> 16);
}

void FOR_ISA(dropout_f32)(size_t count, uint32_t first, uint32_t low, uint32_t high,
                          uint32_t threshold, float factor, const float *x, float *y, int adding) {
  words lane;
  for (int j = 0; j < LANES; j++) lane[j] = (uint32_t)j;
  for (size_t i = 0; i < count; i += LANES) {
    const size_t left = count - i;
    words place = lane + (first + (uint32_t)i);
    words drawn = mixed(mixed(place + low) ^ high);
    floats kept = choose((ints)(drawn >= threshold), take(x + i, left) * factor, (floats)0.f);
    give(y + i, kept, left, adding);
  }
}

void FOR_ISA(column_sums_f32)(size_t rows, size_t columns, const float *x, size_t stride,
                              float *sums) {
  for (size_t row = 0; row < rows; row++, x += stride)
    for (size_t i = 0; i < columns; i++) sums[i] += x[i];
}

void FOR_ISA(add_scaled_f32)(size_t count, float factor, const float *x, float *y, int adding) {
  IN_ANY_ORDER
  if (adding)
    for (size_t i = 0; i < count; i++) y[i] += factor * x[i];
  else
    for (size_t i = 0; i < count; i++) y[i] = factor * x[i];
}

void FOR_ISA(add_product_f32)(size_t count, const float *x, const float *z, float *y, int adding) {
  IN_ANY_ORDER
  if (adding)
    for (size_t i = 0; i < count; i++) y[i] += x[i] * z[i];
  else
    for (size_t i = 0; i < count; i++) y[i] = x[i] * z[i];
}

double FOR_ISA(sum_of_squares_f32)(size_t count, const float *x) {
  IN_ANY_ORDER
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

void FOR_ISA(adamw_f32)(size_t count, const tlc_adamw *how, const float *gradient, float *mean,
                        float *square, float *weight) {
  IN_ANY_ORDER
  const tlc_adamw s = *how;
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i] * s.factor;
    float m = s.beta1 * mean[i] + (1.f - s.beta1) * g;
    float v = s.beta2 * square[i] + (1.f - s.beta2) * g * g;
    mean[i] = m;
    square[i] = v;
    float w = weight[i] - s.rate * s.decay * weight[i];
    weight[i] = w - s.step * m / (__builtin_sqrtf(v) * s.root + s.epsilon);
  }
}

/// Σ exp(x − greatest) of a row as its logarithm + greatest.
INLINE float log_sum_exp(size_t length, const float *x) {
  float most = x[0];
  for (size_t i = 1; i < length; i++) most = x[i] > most ? x[i] : most;
  floats sum = 0.f;
  for (size_t i = 0; i < length; i += LANES) {
    floats e = exp_of(take(x + i, length - i) - most);
    if (length - i < LANES)
      for (size_t j = length - i; j < LANES; j++) e[j] = 0;
    sum += e;
  }
  float total = 0;
  for (int j = 0; j < LANES; j++) total += sum[j];
  floats log = log_of((floats)total);
  return most + log[0];
}

double FOR_ISA(cross_entropy_f32)(size_t rows, size_t length, const float *x,
                                  const int64_t *labels, int64_t ignored, float smoothing,
                                  float *logs) {
  double loss = 0;
  for (size_t row = 0; row < rows; row++, x += length) {
    if (labels[row] == ignored) {
      logs[row] = 0;
      continue;
    }
    const float log = logs[row] = log_sum_exp(length, x);
    double sum = 0;
    if (smoothing > 0)
      for (size_t i = 0; i < length; i++) sum += (double)x[i];
    loss += (double)log - (1. - (double)smoothing) * (double)x[labels[row]]
            - (double)smoothing * sum / (double)length;
  }
  return loss;
}

void FOR_ISA(cross_entropy_gradient_f32)(size_t rows, size_t length, const float *x,
                                         const int64_t *labels, int64_t ignored, float smoothing,
                                         const float *logs, float factor, float *dx, int adding) {
  for (size_t row = 0; row < rows; row++, x += length, dx += length) {
    if (labels[row] == ignored) {
      if (!adding) memset(dx, 0, length * sizeof(float));
      continue;
    }
    const float log = logs[row], share = smoothing / (float)length;
    for (size_t i = 0; i < length; i += LANES)
      give(dx + i, factor * (exp_of(take(x + i, length - i) - log) - share), length - i, adding);
    dx[labels[row]] -= factor * (1.f - smoothing);
  }
}
