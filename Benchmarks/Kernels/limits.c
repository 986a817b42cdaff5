/// The limits that kernels are held to, measured beside them.
#include "measure.h"
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void *memory(size_t bytes) {
  void *m = mmap(NULL, bytes + 64, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (m == MAP_FAILED)
    abort();
  madvise(m, bytes, MADV_HUGEPAGE);
  memset(m, 0, bytes);
  return m;
}

static uint64_t state = 1;
static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 40);
}
float *random_floats(size_t count) {
  float *x = memory(count * sizeof *x);
  for (size_t i = 0; i < count; i++)
    x[i] = (float)next() * 0x1p-23f - 1;
  return x;
}
int8_t *random_codes(size_t count, int bound) {
  int8_t *x = memory(count);
  for (size_t i = 0; i < count; i++)
    x[i] = (int8_t)((int)(next() % (uint32_t)(2 * bound + 1)) - bound);
  return x;
}

/// Fused multiply-adds in registers, operations a second.
__attribute__((target("avx2,fma"))) static double fma_peak(void) {
  __m256 c[12], x = _mm256_set1_ps(0.999f), y = _mm256_set1_ps(1e-6f);
  for (int i = 0; i < 12; i++)
    c[i] = _mm256_set1_ps((float)i);
  const int count = 200000;
  double start = seconds();
  for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) {
      c[i] = _mm256_fmadd_ps(c[i], x, y);
      __asm__ volatile("" : "+x"(c[i]));
    }
  return 2. * 8 * 12 * count / (seconds() - start);
}

/// Exact sums of products of bytes in registers, operations a second.
__attribute__((target("avx2"))) static double int8_peak_avx2(void) {
  __m256i c[8], x = _mm256_set1_epi8(1), w = x, one = _mm256_set1_epi16(1);
  for (int i = 0; i < 8; i++)
    c[i] = _mm256_setzero_si256();
  const int count = 200000;
  double start = seconds();
  for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) {
      __asm__ volatile("" : "+x"(w), "+x"(x));
      c[i] = _mm256_add_epi32(c[i], _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), one));
      __asm__ volatile("" : "+x"(c[i]));
    }
  return 2. * 32 * 8 * count / (seconds() - start);
}

__attribute__((target("avx512f,avx512vnni"))) static double int8_peak_avx512(void) {
  __m512i c[8], x = _mm512_set1_epi8(1), w = x;
  for (int i = 0; i < 8; i++)
    c[i] = _mm512_setzero_si512();
  const int count = 200000;
  double start = seconds();
  for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) {
      c[i] = _mm512_dpbusd_epi32(c[i], x, w);
      __asm__ volatile("" : "+v"(c[i]));
    }
  return 2. * 64 * 8 * count / (seconds() - start);
}

/// Reading memory once, bytes a second.
__attribute__((target("avx2"))) static double read_peak(const float *x, size_t bytes, int times) {
  double start = seconds();
  __m256 c[8];
  for (int i = 0; i < 8; i++)
    c[i] = _mm256_setzero_ps();
  for (int t = 0; t < times; t++) {
    for (size_t p = 0; p < bytes / 4; p += 64)
#pragma clang loop unroll(full)
      for (int i = 0; i < 8; i++)
        c[i] = _mm256_add_ps(c[i], _mm256_loadu_ps(x + p + 8 * i));
    for (int i = 0; i < 8; i++)
      __asm__ volatile("" : "+x"(c[i])::"memory");
  }
  return (double)bytes * times / (seconds() - start);
}

static double limit_of(subject s) {
  static float *large = NULL;
  if (!large)
    large = memory((size_t)256 << 20);
  switch (s.limit) {
  case limit_fma:
    return fma_peak();
  case limit_int8:
    return widest >= tlc_isa_avx512 ? int8_peak_avx512() : int8_peak_avx2();
  case limit_read:
    return read_peak(large, (size_t)256 << 20, 1);
  default:
    return read_peak(large, (size_t)256 << 10, 100);
  }
}

static int order(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static double median(double *v, int n) {
  qsort(v, (size_t)n, sizeof *v, order);
  return v[n / 2];
}

void measure(subject s) {
  s.run(s.context);
  double once = seconds();
  s.run(s.context);
  once = seconds() - once;
  int times = (int)(0.003 / once) + 1;
  double *ratio = malloc(sizeof(double) * (size_t)samples),
         *speed = malloc(sizeof(double) * (size_t)samples);
  for (int i = 0; i < samples; i++) {
    double before = limit_of(s);
    double start = seconds();
    for (int t = 0; t < times; t++)
      s.run(s.context);
    speed[i] = s.work * times / (seconds() - start);
    double after = limit_of(s);
    ratio[i] = speed[i] / ((before + after) / 2);
  }
  static const char *names[] = {"FMA", "read", "int8", "L2 read"};
  double spread = 0, middle = median(ratio, samples);
  spread = (ratio[samples * 3 / 4] - ratio[samples / 4]) / 2 / middle;
  printf("| %s | %.1f | %.2f of %s | ±%.0f%% |\n", s.name, median(speed, samples) * 1e-9, middle,
         names[s.limit], spread * 100);
  fflush(stdout);
}

void measure_beside(subject s, void (*other)(void *context)) {
  s.run(s.context);
  other(s.context);
  double *ratio = malloc(sizeof(double) * (size_t)samples),
         *speed = malloc(sizeof(double) * (size_t)samples);
  double once = seconds();
  other(s.context);
  once = seconds() - once;
  int times = (int)(0.003 / once) + 1;
  for (int i = 0; i < samples; i++) {
    double start = seconds();
    for (int t = 0; t < times; t++)
      s.run(s.context);
    double middle = seconds();
    for (int t = 0; t < times; t++)
      other(s.context);
    double end = seconds();
    speed[i] = s.work * times / (middle - start);
    ratio[i] = (end - middle) / (middle - start);
  }
  printf("| %s | %.1f | %.2f times as fast as dense | |\n", s.name, median(speed, samples) * 1e-9,
         median(ratio, samples));
  fflush(stdout);
}
