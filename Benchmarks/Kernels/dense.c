/// Products of f32 matrices.
#include "measure.h"
#include <stdio.h>

typedef struct {
  tlc_isa isa;
  size_t m, n, k;
  const float *a, *packed;
  float *c;
} product;

static void multiply(void *context) {
  product *p = context;
  tlc_gemm_f32(p->isa, 0, p->m, 0, (p->n + 15) / 16, p->n, p->k, p->a, p->k, p->packed, NULL, p->c,
               p->n);
}

void measure_dense(tlc_isa isa) {
  static const size_t shapes[][3] = {
      {128, 384, 384},   {128, 1536, 384},   {128, 384, 1536},  {4096, 384, 384}, {4096, 1536, 384},
      {4096, 384, 1536}, {1024, 1024, 1024}, {128, 4096, 4096}, {16, 384, 384},   {1, 384, 384},
      {1, 4096, 14336},  {2, 4096, 14336},   {4, 4096, 14336},  {5, 4096, 14336}, {8, 4096, 14336}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    size_t m = shapes[i][0], n = shapes[i][1], k = shapes[i][2];
    float *b = random_floats(n * k);
    float *packed = memory(((n + 15) / 16) * 16 * k * sizeof(float));
    tlc_pack_f32(b, k, n, n, 1, packed);
    product p = {isa, m, n, k, random_floats(m * k), packed, memory(m * n * sizeof(float))};
    char name[100];
    int small = m < 6;
    snprintf(name, sizeof name, "f32 %zu × %zu × %zu", m, k, n);
    measure((subject){name, small ? 4. * (double)(n * k) : 2. * (double)(m * n * k), multiply, &p,
                      small ? (n * k > 1000000 ? limit_read : limit_cache) : limit_fma});
  }
}
