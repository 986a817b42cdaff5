/// Products of f32 with codes.
#include "measure.h"
#include <stdio.h>

typedef struct {
  tlc_isa isa;
  size_t m;
  const float *x;
  tlc_code_matrix b;
  float *c;
} product;

static void multiply(void *context) {
  product *p = context;
  tlc_gemm_codes(p->isa, 0, p->m, 0, (p->b.n + 15) / 16, p->x, p->b.k, &p->b, NULL, p->c, p->b.n);
}

void measure_codes(tlc_isa isa) {
  static const size_t shapes[][5] = {
      {1, 4096, 14336, 8, 4096}, {1, 4096, 14336, 8, 32},   {1, 4096, 14336, 4, 4096},
      {1, 4096, 14336, 4, 32},   {4, 4096, 14336, 8, 4096}, {4, 4096, 14336, 4, 32},
      {1, 384, 1536, 8, 384},    {1, 384, 1536, 4, 32},     {128, 384, 1536, 8, 384},
      {128, 1536, 384, 8, 1536}, {128, 384, 1536, 4, 32}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    size_t m = shapes[i][0], k = shapes[i][1], n = shapes[i][2], bits = shapes[i][3],
           group = shapes[i][4];
    size_t bytes = (n + 15) / 16 * 64 * tlc_blocks_of_codes(k, group, (int)bits);
    uint8_t *panels = (uint8_t *)random_codes(bytes, 127);
    product p = {isa,
                 m,
                 random_floats(m * k),
                 {k, n, group, (int)bits, panels, random_floats(k / group * (n + 15) / 16 * 16)},
                 memory(m * n * sizeof(float))};
    char name[100];
    snprintf(name, sizeof name, "%zu bits, groups of %zu, %zu × %zu × %zu", bits, group, m, k, n);
    // Steps are read too.
    const size_t all = bytes + (k + group - 1) / group * ((n + 15) / 16) * 16 * sizeof(float);
    if (m < 6)
      measure((subject){name, (double)all, multiply, &p,
                        n * k > 10000000 ? limit_read : limit_cache});
    else
      measure((subject){name, 2. * (double)(m * n * k), multiply, &p, limit_fma});
  }
}
