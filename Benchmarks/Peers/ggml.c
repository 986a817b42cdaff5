/// Products of one row with matrices beyond the caches in ggml, and here: `Benchmarks/ggml` builds this.
#include "ggml-cpu.h"
#include "ggml.h"
#include "measure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int samples = 25;
tlc_isa widest;

enum { depth = 4096, columns = 14336 };

typedef struct {
  struct ggml_context *context;
  struct ggml_cgraph *graph;
} product;

static void multiply(void *context) {
  product *p = context;
  ggml_graph_compute_with_ctx(p->context, p->graph, 1);
}

static void measure_type(enum ggml_type type, const char *name) {
  const size_t row = ggml_row_size(type, depth), bytes = row * columns, room = (size_t)16 << 20;
  struct ggml_context *context =
      ggml_init((struct ggml_init_params){bytes + room, memory(bytes + room), false});
  struct ggml_tensor *matrix = ggml_new_tensor_2d(context, type, depth, columns);
  struct ggml_tensor *x = ggml_new_tensor_2d(context, GGML_TYPE_F32, depth, 1);
  float *numbers = random_floats(depth);
  for (size_t i = 0; i < columns; i++)
    ggml_quantize_chunk(type, numbers, (char *)matrix->data + i * row, 0, 1, depth, NULL);
  memcpy(x->data, numbers, depth * sizeof *numbers);
  product p = {context, ggml_new_graph(context)};
  ggml_build_forward_expand(p.graph, ggml_mul_mat(context, matrix, x));
  measure((subject){name, (double)bytes, multiply, &p, limit_read});
}

int main(int count, char **words) {
  widest = tlc_isa_best();
  if (count == 3 && !strcmp(words[1], "--samples")) samples = atoi(words[2]);
  ggml_cpu_init();
  printf("| kernel | 10⁹ a second | ratio | spread |\n|---|---|---|---|\n");
  for (int round = 0; round < 2; round++) {
    measure_type(GGML_TYPE_Q8_0, "ggml Q8_0, 1 × 4096 × 14336");
    measure_type(GGML_TYPE_Q4_0, "ggml Q4_0, 1 × 4096 × 14336");
    measure_codes(widest);
  }
}
