/// Products of f32 with matrices that have zeros, against the dense kernel.
#include "measure.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  tlc_isa isa;
  size_t m, n, k;
  const float *a, *packed;
  tlc_sparse_matrix b;
  float *c, *scratch;
} product;

static void multiply(void *context) {
  product *p = context;
  tlc_gemm_sparse(p->isa, 0, p->m, 0, p->n, p->a, p->k, &p->b, NULL, p->c, p->n, p->scratch);
}
static void multiply_dense(void *context) {
  product *p = context;
  tlc_gemm_f32(p->isa, 0, p->m, 0, (p->n + 15) / 16, p->n, p->k, p->a, p->k, p->packed, NULL, p->c,
               p->n);
}

/// Without its zeros; they are the elements whose random number is below `zeros`.
static tlc_sparse_matrix without_zeros(float *b, size_t k, size_t n, double zeros) {
  const float *chance = random_floats(n * k);
  size_t blocks = (k + tlc_sparse_depth - 1) / tlc_sparse_depth, count = 0, place = 0;
  uint64_t *starts = memory((blocks * n + 1) * sizeof *starts);
  uint8_t *rows = memory(n * k);
  float *values = memory(n * k * sizeof *values);
  for (size_t block = 0; block < blocks; block++)
    for (size_t j = 0; j < n; j++) {
      starts[place++] = count;
      for (size_t p = 0; p < tlc_sparse_depth && block * tlc_sparse_depth + p < k; p++) {
        size_t row = block * tlc_sparse_depth + p;
        if ((chance[row * n + j] + 1) / 2 < zeros) {
          b[row * n + j] = 0;
          continue;
        }
        rows[count] = (uint8_t)p;
        values[count++] = b[row * n + j];
      }
    }
  starts[place] = count;
  return (tlc_sparse_matrix){k, n, starts, rows, values};
}

void measure_sparse(tlc_isa isa) {
  static const size_t shapes[][3] = {
      {32, 384, 1536}, {128, 384, 1536}, {128, 1536, 384}, {32, 1024, 1024}, {128, 4096, 4096}};
  static const double zeros[] = {0.3, 0.5, 0.65, 0.8, 0.9, 0.95};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    for (size_t z = 0; z < sizeof zeros / sizeof *zeros; z++) {
      size_t m = shapes[i][0], k = shapes[i][1], n = shapes[i][2];
      float *b = random_floats(n * k), *packed = memory((n + 15) / 16 * 16 * k * sizeof(float));
      tlc_sparse_matrix sparse = without_zeros(b, k, n, zeros[z]);
      tlc_pack_f32(b, k, n, n, 1, packed);
      product p = {isa,
                   m,
                   n,
                   k,
                   random_floats(m * k),
                   packed,
                   sparse,
                   memory(m * n * sizeof(float)),
                   memory(64 * n * sizeof(float))};
      char name[100];
      snprintf(name, sizeof name, "%zu × %zu × %zu, %.0f%% zeros", m, k, n, zeros[z] * 100);
      measure_beside((subject){name, 2. * (double)(m * n * k), multiply, &p, limit_fma},
                     multiply_dense);
    }
}
