/// Measures kernels of `CTLCKernels` against the limits of this machine, on one thread.
#include "measure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int samples = 25;
tlc_isa widest;

int main(int count, char **words) {
  widest = tlc_isa_best();
  const char *only = NULL;
  for (int i = 1; i < count; i++) {
    if (!strcmp(words[i], "--samples"))
      samples = atoi(words[++i]);
    else if (!strcmp(words[i], "--avx2"))
      widest = tlc_isa_avx2;
    else
      only = words[i];
  }
  printf("| kernel | 10⁹ a second | ratio | spread |\n|---|---|---|---|\n");
  if (!only || !strcmp(only, "dense"))
    measure_dense(widest);
  if (!only || !strcmp(only, "codes"))
    measure_codes(widest);
  if (!only || !strcmp(only, "sparse"))
    measure_sparse(widest);
  if (!only || !strcmp(only, "bytes"))
    measure_bytes(widest);
}
