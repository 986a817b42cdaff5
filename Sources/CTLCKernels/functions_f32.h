/// The functions of `formats/numbers.md`.
#ifndef TLC_FUNCTIONS_F32_H
#define TLC_FUNCTIONS_F32_H

#include "vector.h"

INLINE floats two_to_the(ints n) { return number((words)((n + 127) << 23)); }

/// e^r − 1, for x = n · ln 2 + r from −104 to 89, with |r| at most about ½ ln 2; n is `power`.
INLINE floats exp_reduced(floats x, ints *power) {
  const floats rounder = 0x1.8p23f;
  floats n = fused(x, 0x1.715476p+0f, rounder) - rounder;
  floats r = fused(n, -0x1.7f7d1cp-20f, fused(n, -0x1.62e4p-1f, x));
  floats q = 0x1.6a4f52p-10f;
  q = fused(q, r, 0x1.12397cp-7f);
  q = fused(q, r, 0x1.5558aep-5f);
  q = fused(q, r, 0x1.555492p-3f);
  q = fused(q, r, 0x1.fffffcp-2f);
  *power = __builtin_convertvector(n, ints);
  return fused(r * r, q, r);
}

INLINE floats exp_of_parts(floats tail, ints power) {
  const ints half = power >> 1;
  return (tail + 1.f) * two_to_the(half) * two_to_the(power - half);
}

INLINE floats exp_clamped(floats x) { return least(greatest(x, -104.f), 89.f); }

/// Without the rule for NaN, which becomes some number.
INLINE floats exp_finite(floats x) {
  ints power;
  const floats tail = exp_reduced(exp_clamped(x), &power);
  return exp_of_parts(tail, power);
}

/// Without the rule for NaN too. Near 0, r is x.
INLINE floats expm1_finite(floats x) {
  ints power;
  const floats tail = exp_reduced(exp_clamped(x), &power);
  return choose(absolute(x) < 0x1.6p-2f, tail, exp_of_parts(tail, power) - 1.f);
}

INLINE floats exp_of(floats x) { return nan_of(x, exp_finite(x)); }

INLINE floats tanh_of(floats x) {
  floats a = absolute(x);
  floats s = a * a;
  floats q = -0x1.7574f8p-8f;
  q = fused(q, s, 0x1.520c26p-6f);
  q = fused(q, s, -0x1.b837e0p-5f);
  q = fused(q, s, 0x1.110700p-3f);
  q = fused(q, s, -0x1.555532p-2f);
  floats small = fused(a * s, q, a);
  floats large = 1.f - 2.f / (exp_finite(a + a) + 1.f);
  return nan_of(x, with_sign(x, choose(a < 0.625f, small, large)));
}

/// erf a, for a in 0 ..< 1.
INLINE floats small_erf(floats a) {
  floats s = a * a;
  floats q = 0x1.4771fcp-14f;
  q = fused(q, s, -0x1.a3515ep-11f);
  q = fused(q, s, 0x1.53f224p-8f);
  q = fused(q, s, -0x1.b7f71ap-6f);
  q = fused(q, s, 0x1.ce2ce6p-4f);
  q = fused(q, s, -0x1.81273ep-2f);
  q = fused(q, s, 0x1.06eba8p-3f);
  return fused(a, q, a);
}

/// 1 − erf a, for a from 1 to 4.
INLINE floats complementary_erf(floats a) {
  floats b = least(a, 4.f);
  floats q = 0x1.e8f546p-19f;
  q = fused(q, b, -0x1.ef126ep-16f);
  q = fused(q, b, -0x1.173998p-13f);
  q = fused(q, b, 0x1.9efda6p-9f);
  q = fused(q, b, -0x1.79e69ap-6f);
  q = fused(q, b, 0x1.b0b708p-4f);
  q = fused(q, b, 0x1.455644p-1f);
  q = fused(q, b, 0x1.20ebb4p+0f);
  return exp_finite(-(b * q));
}

INLINE floats erf_of(floats x) {
  floats a = absolute(x);
  floats y = choose(a < 1.f, small_erf(a), 1.f - complementary_erf(a));
  return nan_of(x, with_sign(x, y));
}

INLINE floats gelu_of(floats x) {
  floats t = x * 0x1.6a09e6p-1f;
  floats a = absolute(t);
  floats half = 0.5f * x;
  floats c = complementary_erf(a);
  floats small = half * (1.f + with_sign(x, small_erf(a)));
  floats large = half * choose(x < 0.f, c, 2.f - c);
  floats end = choose(x > 0.f, x, (floats)-0.f);
  return nan_of(x, choose(a < 1.f, small, choose(a < 4.f, large, end)));
}

INLINE floats sigmoid_of(floats x) {
  floats z = exp_finite(-absolute(x));
  return nan_of(x, choose(x < 0.f, z, (floats)1.f) / (1.f + z));
}

INLINE floats log_of(floats x) {
  const ints is_subnormal = x < 0x1p-126f;
  const words whole = bits(choose(is_subnormal, x * 0x1p23f, x));
  // x = 2^e · (1 + f), with 1 + f from √½ to √2.
  const ints e = (ints)(whole - 0x3F3504F3u) >> 23;
  const floats f = number(whole - ((words)e << 23)) - 1.f;
  const floats k =
      __builtin_convertvector(e, floats) + choose(is_subnormal, (floats)-23.f, (floats)0.f);
  floats q = 0x1.1484e8p-4f;
  q = fused(q, f, -0x1.de1004p-4f);
  q = fused(q, f, 0x1.e6c03ep-4f);
  q = fused(q, f, -0x1.fc26acp-4f);
  q = fused(q, f, 0x1.233b78p-3f);
  q = fused(q, f, -0x1.555c4ep-3f);
  q = fused(q, f, 0x1.99a478p-3f);
  q = fused(q, f, -0x1.000006p-2f);
  q = fused(q, f, 0x1.555548p-2f);
  const floats square = f * f;
  const floats low = fused(square, -0.5f, fused(square * f, q, k * 0x1.7f7d1cp-20f));
  floats y = fused(k, 0x1.62e4p-1f, low + f);
  y = choose(x == __builtin_inff(), x, y);
  y = choose(x == 0.f, (floats)-__builtin_inff(), y);
  return choose(x >= 0.f, y, number(canonical_nan));
}

INLINE floats softplus_of(floats x) {
  const floats z = exp_finite(-absolute(x));
  const floats u = 1.f + z;
  const floats most = choose(x > 0.f, x, (floats)0.f);
  return nan_of(x, most + (log_of(u) + (z - (u - 1.f)) / u));
}

INLINE floats swish_of(floats x) {
  const floats y = x * sigmoid_of(x);
  return nan_of(y, y);
}

INLINE floats gelu_tanh_of(floats x) {
  const floats inner = 0x1.988454p-1f * fused(0.044715f * x * x, x, x);
  const floats y = x * sigmoid_of(inner + inner);
  return nan_of(x, choose(y == y, y, choose(x < 0.f, (floats)-0.f, x)));
}

INLINE floats mish_of(floats x) {
  const floats y = x * tanh_of(softplus_of(x));
  return nan_of(y, y);
}

/// gamma · (x < 0 ? alpha · expm1(x / divisor) : x).
INLINE floats exponential_unit_of(floats divisor, floats alpha, floats gamma, floats x) {
  const floats t = x / divisor;
  const floats y = gamma * choose(x < 0.f, alpha * nan_of(t, expm1_finite(t)), x);
  return nan_of(y, y);
}

#endif
