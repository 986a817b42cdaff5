/// Every kernel for processors of which nothing is known: four lanes, as SSE2 and NEON have.
#define LANES 4
#define FOR_ISA(name) tlc_##name##_scalar

#include "kernels_of_isa.h"
