/// The texts of all kernels, for the instruction set of the file that includes this.
#include "arithmetic_f32.h"
#include "gemm_codes.h"
#include "gemm_f32.h"
#include "limits.h"
#include "gemm_int8.h"
#include "gemm_sparse.h"
#include "map_f32.h"
#include "rows_f32.h"
