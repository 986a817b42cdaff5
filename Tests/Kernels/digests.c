/// Prints a digest of the results of each kernel, on the instruction set that is asked for: 0, 1 or 2.
///
/// Inputs are the same on every machine, and so must the lines be.
#include "tlc_kernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;
static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 40);
}
/// Numbers from −8 to 8, with what is special among them where it is asked for.
static float *floats(size_t count, uint64_t seed, int special) {
  static const uint32_t others[] = {0x7F800000, 0xFF800000, 0x7FC12345, 0xFFC00000, 0x80000000,
                                    0x00000001, 0x7F7FFFFF, 0x80800000, 0x42B17218, 0xC2CFF1B4};
  float *x = malloc((count + 1) * sizeof *x);
  state = seed;
  for (size_t i = 0; i < count; i++) {
    x[i] = (float)next() * 0x1p-20f - 8;
    if (special && next() % 40 == 0) memcpy(x + i, others + next() % 10, sizeof *x);
  }
  return x;
}
static void *codes(size_t count, size_t size, int bound, uint64_t seed) {
  char *x = malloc((count + 1) * size);
  state = seed;
  for (size_t i = 0; i < count; i++) {
    int32_t code = (int32_t)(next() % (uint32_t)(2 * bound + 1)) - bound;
    memcpy(x + i * size, &code, size);
  }
  return x;
}

static void print(const char *name, const void *bytes, size_t count) {
  uint64_t digest = 0xCBF29CE484222325u;
  for (size_t i = 0; i < count; i++)
    digest = (digest ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
  printf("%s %016llx\n", name, (unsigned long long)digest);
}

static const size_t shapes[][3] = {{1, 70, 300}, {5, 17, 64}, {13, 40, 257}, {33, 31, 600}, {26, 20, 1024}};
enum { shape_count = sizeof shapes / sizeof *shapes };

static void products(tlc_isa isa) {
  for (size_t s = 0; s < shape_count; s++) {
    const size_t m = shapes[s][0], n = shapes[s][1], k = shapes[s][2], panels = (n + 15) / 16;
    const float *a = floats(m * k, 1, s % 2 == 0), *b = floats(k * n, 2, 0), *bias = floats(n, 3, 0);
    float *c = calloc(m * n, sizeof *c), *packed = malloc(panels * 16 * k * sizeof *packed);
    tlc_pack_f32(b, k, n, n, 1, packed);
    tlc_gemm_f32(isa, 0, m, 0, panels, n, k, a, k, packed, bias, c, n);
    print("gemm_f32", c, m * n * sizeof *c);

    const int32_t *wide = codes(k * n, 4, s == 2 ? 500 : 127, 4);
    int8_t *bytes = calloc(panels * 16 * (k + 3), 1), *left = calloc(m, k + 4);
    float *scales = calloc(m, sizeof *scales);
    int32_t *sums = calloc(m, sizeof *sums);
    tlc_pack_int8(wide, k, n, n, 1, bytes);
    const tlc_int8_rows rows = {left, (k + 3) / 4 * 4, scales, sums};
    tlc_quantize_rows(isa, 0, m, k, a, k, left, rows.stride, scales, sums);
    const tlc_int8_matrix matrix = {k, n, bytes, NULL, NULL, bias};
    tlc_gemm_int8(isa, 0, m, 0, panels, &rows, &matrix, bias, c, n);
    print("quantize_rows", left, m * rows.stride);
    print("gemm_int8", c, m * n * sizeof *c);

    for (int bits = 4; bits <= 8; bits += 4) {
      const size_t group = s == 3 ? k : 37, groups = (k + group - 1) / group;
      const int8_t *narrow = codes(k * n, 1, bits == 4 ? 7 : 127, 5);
      uint8_t *blocks = malloc(panels * 64 * tlc_blocks_of_codes(k, group, bits));
      float *steps = malloc(panels * 16 * groups * sizeof *steps);
      tlc_pack_codes(narrow, n, 1, floats(groups * n, 6, 0), n, 1, k, n, group, bits, blocks, steps);
      const tlc_code_matrix coded = {k, n, group, bits, blocks, steps};
      tlc_gemm_codes(isa, 0, m, 0, panels, a, k, &coded, bias, c, n);
      print(bits == 4 ? "gemm_codes_4" : "gemm_codes_8", c, m * n * sizeof *c);
    }

    const size_t depth = tlc_sparse_depth, blocks = (k + depth - 1) / depth;
    uint64_t *starts = calloc(blocks * n + 1, sizeof *starts), kept = 0;
    uint8_t *kept_rows = malloc(k * n);
    float *values = malloc(k * n * sizeof *values), *scratch = malloc(64 * n * sizeof *scratch);
    for (size_t block = 0; block < blocks; block++)
      for (size_t j = 0; j < n; j++) {
        for (size_t p = block * depth; p < k && p < (block + 1) * depth; p++)
          if (wide[p * n + j] > 40) {
            kept_rows[kept] = (uint8_t)(p - block * depth);
            values[kept++] = b[p * n + j];
          }
        starts[block * n + j + 1] = kept;
      }
    const tlc_sparse_matrix sparse = {k, n, starts, kept_rows, values};
    tlc_gemm_sparse(isa, 0, m, 0, n, a, k, &sparse, bias, c, n, scratch);
    print("gemm_sparse", c, m * n * sizeof *c);
  }
}

#define MAP(name)                                                                                  \
  tlc_##name##_f32(isa, count, x, y);                                                              \
  print(#name, y, count * sizeof *y);

static void functions(tlc_isa isa) {
  const size_t count = 20003;
  const float *x = floats(count, 7, 1);
  float *y = calloc(count, sizeof *y);
  MAP(exp) MAP(tanh) MAP(erf) MAP(gelu) MAP(sigmoid)
  MAP(log) MAP(softplus) MAP(swish) MAP(gelu_tanh)
  for (size_t length = 1; length < 200; length += 33) {
    const size_t rows = 40;
    const float *z = floats(rows * length, 8, length > 100), *scale = floats(length, 9, 0);
    tlc_softmax_f32(isa, rows, length, z, y);
    print("softmax", y, rows * length * sizeof *y);
    tlc_layer_norm_f32(isa, rows, length, z, scale, scale, 1e-5f, y, NULL, NULL);
    print("layer_norm", y, rows * length * sizeof *y);
  }
}

int main(int count, char **words) {
  const tlc_isa isa = count > 1 ? (tlc_isa)atoi(words[1]) : tlc_isa_best();
  if (isa > tlc_isa_best()) {
    fprintf(stderr, "this processor does not have it\n");
    return 2;
  }
  products(isa);
  functions(isa);
  return 0;
}
