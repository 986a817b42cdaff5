/// Every kernel for processors of which nothing is known: four lanes, as SSE2 and NEON have.
#define LANES 4
#define FOR_ISA(name) tlc_##name##_scalar

#include "map_f32.h"
#include "rows_f32.h"
