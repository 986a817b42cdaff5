/// Vectors in clang's own notation, so that one text is code for every instruction set: each has a
/// file that says how many lanes a vector has, and includes the texts.
#ifndef TLC_VECTOR_H
#define TLC_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef float floats __attribute__((ext_vector_type(LANES)));
typedef int32_t ints __attribute__((ext_vector_type(LANES)));
typedef uint32_t words __attribute__((ext_vector_type(LANES)));

/// Half as many of twice the width.
typedef double doubles __attribute__((ext_vector_type(LANES / 2)));
typedef int64_t longs __attribute__((ext_vector_type(LANES / 2)));
typedef float half_of_floats __attribute__((ext_vector_type(LANES / 2)));

#define INLINE static inline __attribute__((always_inline))
/// Before a loop over what stays in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE floats load(const float *x) {
  floats v;
  memcpy(&v, x, sizeof v);
  return v;
}
INLINE void store(float *y, floats v) { memcpy(y, &v, sizeof v); }
INLINE floats fused(floats a, floats b, floats c) { return __builtin_elementwise_fma(a, b, c); }
INLINE words bits(floats x) { return (words)x; }
INLINE floats number(words x) { return (floats)x; }
INLINE floats absolute(floats x) { return number(bits(x) & 0x7FFFFFFFu); }
/// Where `mask` is all ones `a`, where it is 0 `b`.
INLINE floats choose(ints mask, floats a, floats b) {
  words m = (words)mask;
  return number((m & bits(a)) | (~m & bits(b)));
}
INLINE floats least(floats a, floats b) { return choose(a < b, a, b); }
INLINE floats greatest(floats a, floats b) { return choose(a > b, a, b); }
INLINE floats with_sign(floats sign, floats magnitude) {
  return number((bits(sign) & 0x80000000u) | (bits(magnitude) & 0x7FFFFFFFu));
}
static const words canonical_nan = 0x7FC00000u;
/// `y`, or the one NaN where `x` is one.
INLINE floats nan_of(floats x, floats y) { return choose(x != x, number(canonical_nan), y); }

#endif
