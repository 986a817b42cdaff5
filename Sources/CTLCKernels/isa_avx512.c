/// Every kernel for AVX-512 with what x86-64-v4 names, and VNNI.
#if defined(__x86_64__)
#define LANES 16
#define FOR_ISA(name) tlc_##name##_avx512

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vnni"))),    \
    apply_to = function)
#include "kernels_of_isa.h"
#pragma clang attribute pop
#endif
