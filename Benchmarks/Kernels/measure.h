/// What subjects of kernel measurements share: a clock, numbers, and the limits of this machine.
#ifndef MEASURE_H
#define MEASURE_H

#include "tlc_kernels.h"
#include <stddef.h>
#include <stdint.h>

/// Something that can be done again and again, and the limit that it is held to.
typedef struct {
  const char *name;
  /// What it does once: floating-point or integer operations, or bytes read.
  double work;
  /// Does it once.
  void (*run)(void *context);
  void *context;
  enum { limit_fma, limit_read, limit_int8, limit_cache } limit;
} subject;

double seconds(void);

/// Takes turns between the subject and its limit, and prints a row of the table.
void measure(subject s);

/// Takes turns between the subject and something else, and prints how much faster it is.
void measure_beside(subject s, void (*other)(void *context));

/// Numbers from −1 to 1, the same in each run.
float *random_floats(size_t count);
/// Codes from −bound to bound.
int8_t *random_codes(size_t count, int bound);
void *memory(size_t bytes);

void measure_dense(tlc_isa isa);
void measure_sparse(tlc_isa isa);
void measure_codes(tlc_isa isa);
void measure_bytes(tlc_isa isa);

extern int samples;
extern tlc_isa widest;

#endif
