/// Sums of four products of bytes a lane, exact, for the instruction set of the file that includes
/// this. Bytes are −127…127.
#ifndef TLC_BYTES_H
#define TLC_BYTES_H

#include "vector.h"

typedef int8_t signed_bytes __attribute__((ext_vector_type(LANES)));
typedef int8_t bytes __attribute__((ext_vector_type(4 * LANES)));

INLINE bytes load_bytes(const int8_t *x) {
  bytes v;
  memcpy(&v, x, sizeof v);
  return v;
}
/// Four bytes in every lane.
INLINE bytes load_four(const int8_t *x) {
  int32_t four;
  memcpy(&four, x, sizeof four);
  return (bytes)(ints)four;
}

#if LANES == 16
#include <immintrin.h>
typedef bytes right_bytes;
/// 128 more than there is: the instruction multiplies bytes without a sign by bytes with one.
INLINE right_bytes load_right(const int8_t *x) { return load_bytes(x) ^ (bytes)(int8_t)-128; }
INLINE int32_t start_of(int32_t sum) { return -128 * sum; }
INLINE ints add_products(ints sum, bytes left, right_bytes right) {
  return (ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)right, (__m512i)left);
}
#elif LANES == 8
#include <immintrin.h>
/// Bytes as words: those at even places, and those at odd ones. Sums of two products of words are as
/// exact as sums of products of bytes, and need no turning of signs, which is as dear as a product.
typedef struct {
  __m256i even, odd;
} words_of_bytes;
typedef words_of_bytes right_bytes;
typedef words_of_bytes left_bytes;
INLINE words_of_bytes words_of(bytes x) {
  __m256i v = (__m256i)x;
  return (words_of_bytes){_mm256_srai_epi16(_mm256_slli_epi16(v, 8), 8), _mm256_srai_epi16(v, 8)};
}
INLINE right_bytes load_right(const int8_t *x) { return words_of(load_bytes(x)); }
INLINE left_bytes load_left(const int8_t *x) { return words_of(load_four(x)); }
/// Left bytes that `widen` made words of.
INLINE left_bytes load_wide(const int8_t *x) {
  return (left_bytes){(__m256i)load_four(x), (__m256i)load_four(x + 4)};
}
enum { wide_size = 2 };
INLINE void widen(const int8_t *x, size_t count, int8_t *wide) {
  for (size_t i = 0; i < count; i += 4, wide += 8) {
    const int16_t all[4] = {x[i], x[i + 2], x[i + 1], x[i + 3]};
    memcpy(wide, all, sizeof all);
  }
}
INLINE int32_t start_of(int32_t sum) { return (void)sum, 0; }
INLINE ints add_products(ints sum, left_bytes left, right_bytes right) {
  sum += (ints)_mm256_madd_epi16(left.even, right.even);
  return sum + (ints)_mm256_madd_epi16(left.odd, right.odd);
}
#else
typedef bytes right_bytes;
INLINE right_bytes load_right(const int8_t *x) { return load_bytes(x); }
INLINE int32_t start_of(int32_t sum) { return (void)sum, 0; }
#if defined(__aarch64__)
#include <arm_neon.h>
INLINE ints add_products(ints sum, bytes left, right_bytes right) {
  int8x16_t a = (int8x16_t)left, b = (int8x16_t)right;
  int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b)), high = vmull_high_s8(a, b);
  return (ints)vpadalq_s16((int32x4_t)sum, vpaddq_s16(low, high));
}
#else
INLINE ints add_products(ints sum, bytes left, right_bytes right) {
  typedef int16_t products __attribute__((ext_vector_type(16)));
  products p = __builtin_convertvector(left, products) * __builtin_convertvector(right, products);
  products turned =
      __builtin_shufflevector(p, p, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  products pairs = p + turned;
  for (int j = 0; j < LANES; j++) sum[j] += pairs[4 * j] + pairs[4 * j + 2];
  return sum;
}
#endif
#endif

#if LANES != 8
/// Left bytes stay as they are.
typedef bytes left_bytes;
INLINE left_bytes load_left(const int8_t *x) { return load_four(x); }
INLINE left_bytes load_wide(const int8_t *x) { return load_four(x); }
enum { wide_size = 1 };
INLINE void widen(const int8_t *x, size_t count, int8_t *wide) { memcpy(wide, x, count); }
#endif

#endif
