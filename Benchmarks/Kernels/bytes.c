/// Products of bytes, and their left factor made from f32.
#include "measure.h"
#include <stdio.h>

typedef struct {
  tlc_isa isa;
  size_t m;
  const float *x;
  tlc_int8_rows a;
  tlc_int8_matrix b;
  float *c;
} product;

static void multiply(void *context) {
  product *p = context;
  tlc_gemm_int8(p->isa, 0, p->m, 0, (p->b.n + 15) / 16, &p->a, &p->b, NULL, p->c, p->b.n);
}
static void quantize(void *context) {
  product *p = context;
  tlc_quantize_rows(p->isa, 0, p->m, p->b.k, p->x, p->b.k, (int8_t *)p->a.codes, p->a.stride,
                    (float *)p->a.scales, (int32_t *)p->a.sums);
}

void measure_bytes(tlc_isa isa) {
  static const size_t shapes[][3] = {{128, 384, 384},   {128, 384, 1536}, {128, 1536, 384},
                                     {4096, 384, 1536}, {1, 384, 384},    {1, 4096, 14336},
                                     {4, 4096, 14336}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    size_t m = shapes[i][0], k = shapes[i][1], n = shapes[i][2];
    float *steps = memory(n * sizeof *steps);
    for (size_t j = 0; j < n; j++)
      steps[j] = 0.01f;
    product p = {isa,
                 m,
                 random_floats(m * k),
                 {memory(m * k), k, memory(m * sizeof(float)), memory(m * sizeof(int32_t))},
                 {k, n, random_codes(n * k, 127), NULL, NULL, steps},
                 memory(m * n * sizeof(float))};
    char name[100];
    snprintf(name, sizeof name, "int8 %zu × %zu × %zu", m, k, n);
    if (m < 6)
      measure((subject){name, (double)(n * k), multiply, &p,
                        n * k > 10000000 ? limit_read : limit_cache});
    else
      measure((subject){name, 2. * (double)(m * n * k), multiply, &p, limit_int8});
    snprintf(name, sizeof name, "codes of %zu × %zu", m, k);
    if (m == 128)
      measure((subject){name, 4. * (double)(m * k), quantize, &p, limit_cache});
  }
}
