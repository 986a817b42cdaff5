/// `Pow` of `formats/numbers.md`.
#ifndef TLC_POWER_F32_H
#define TLC_POWER_F32_H

#include "vector.h"

INLINE doubles choose_doubles(longs mask, doubles a, doubles b) {
  return (doubles)((mask & (longs)a) | (~mask & (longs)b));
}

/// 2⁵² + 2⁵¹: a number of less than 2⁵¹ that is added to it is rounded to an integer, which its lower
/// bits are.
static const double whole_numbers = 0x1.8p52;
INLINE longs bits_of_whole(void) { return (longs)(doubles)whole_numbers; }
INLINE doubles double_two_to_the(longs n) { return (doubles)((n + 1023) << 52); }

/// The binary logarithm of a normal x > 0.
INLINE doubles log2_of_normal(doubles x) {
  const longs word = (longs)x;
  longs e = (word >> 52) - 1023;
  doubles m = (doubles)((word & 0xFFFFFFFFFFFFFLL) | 0x3FF0000000000000LL);
  const longs is_large = m > 0x1.6a09e667f3bcdp+0;
  m = choose_doubles(is_large, m / 2, m);
  e -= is_large;
  const doubles s = (m - 1) / (m + 1), square = s * s;
  doubles q = 0;
  UNROLL for (int j = 21; j >= 1; j -= 2) q = q * square + 1.0 / j;
  return (doubles)(bits_of_whole() + e) - whole_numbers + 2 * s * q * 0x1.71547652b82fep+0;
}

INLINE doubles exp2_of_double(doubles x) {
  const longs is_over = x > 1100, is_under = x < -1200;
  const doubles held =
      choose_doubles(is_over, (doubles)1100., choose_doubles(is_under, (doubles)-1200., x));
  const doubles shifted = held + whole_numbers;
  const longs n = (longs)shifted - bits_of_whole();
  const doubles r = (held - (shifted - whole_numbers)) * 0x1.62e42fefa39efp-1;
  doubles q = 1;
  UNROLL for (int j = 14; j >= 1; j--) q = 1 + q * r / j;
  const longs half = n >> 1;
  const doubles y = q * double_two_to_the(half) * double_two_to_the(n - half);
  return choose_doubles(is_over, (doubles)__builtin_inf(),
                        choose_doubles(is_under, (doubles)0., y));
}

/// |x| to the power of y, through f64; of 0, ∞ and NaN some number.
INLINE half_of_floats power_of_half(half_of_floats x, half_of_floats y) {
  const doubles logarithm = log2_of_normal(__builtin_convertvector(x, doubles));
  const doubles z = exp2_of_double(__builtin_convertvector(y, doubles) * logarithm);
  return __builtin_convertvector(z, half_of_floats);
}

/// Any power but those that are products and roots.
INLINE floats general_power(floats x, floats y) {
  const floats a = absolute(x), inf = __builtin_inff();
  floats magnitude;
  magnitude.lo = power_of_half(a.lo, y.lo);
  magnitude.hi = power_of_half(a.hi, y.hi);
  magnitude = choose((a == 0.f) | (a == inf),
                     choose((a == 0.f) == (y > 0.f), (floats)0.f, inf), magnitude);
  // Every number from 2²⁴ on is an even integer.
  const floats held = least(absolute(y), 0x1p24f);
  const ints whole = __builtin_convertvector(held, ints);
  const ints is_integer = __builtin_convertvector(whole, floats) == held;
  const ints is_odd = is_integer & ((whole & 1) != 0);
  floats z = choose(is_odd, with_sign(x, magnitude), magnitude);
  z = choose((x < 0.f) & (a < inf) & ~is_integer, number(canonical_nan), z);
  z = choose(absolute(y) == inf,
             choose(a == 1.f, (floats)1.f, choose((a > 1.f) == (y > 0.f), inf, (floats)0.f)), z);
  z = nan_of(x, nan_of(y, z));
  return choose((y == 0.f) | (x == 1.f), (floats)1.f, z);
}

/// The powers that are products and roots; `y` is one of their exponents.
INLINE floats simple_power(floats x, float y) {
  const floats nan = number(canonical_nan);
  if (y == 0.f) return 1.f;
  if (y == 1.f) return nan_of(x, x);
  if (y == 2.f) return nan_of(x, x * x);
  if (y == 3.f) return nan_of(x, x * x * x);
  if (y == -1.f) return nan_of(x, 1.f / x);
  const floats root = __builtin_elementwise_sqrt(x);
  const ints is_least = x == -__builtin_inff();
  if (y == 0.5f) return choose(x >= 0.f, root, choose(is_least, -x, nan));
  return choose(x >= 0.f, 1.f / root, choose(is_least, (floats)0.f, nan));
}

INLINE int is_simple_exponent(float y) {
  return y == 0.f || y == 1.f || y == 2.f || y == 3.f || y == -1.f || y == 0.5f || y == -0.5f;
}

INLINE floats power_of(floats x, floats y) {
  static const float exponents[] = {1, 2, 3, -1, 0.5f, -0.5f};
  floats z = general_power(x, y);
  UNROLL for (int i = 0; i < 6; i++)
    z = choose(y == exponents[i], simple_power(x, exponents[i]), z);
  return z;
}

#endif
