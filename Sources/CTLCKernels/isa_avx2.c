/// Every kernel for AVX2 and FMA.
#if defined(__x86_64__)
#define LANES 8
#define FOR_ISA(name) tlc_##name##_avx2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels_of_isa.h"
#pragma clang attribute pop
#endif
