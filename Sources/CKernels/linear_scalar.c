// Linear algebra with the instructions that every processor of the platform has. Where that leaves out fma, the compiler calls the exact one.
#pragma STDC FP_CONTRACT OFF
#include "linear_tables.h"

#define LINEAR(name) name##_scalar
#define LANES 2
#define TILE_ROWS 2
#define TILE_VECTORS 2
#include "linear_body.h"

const FidLinear fid_linear_scalar = LINEAR_TABLE(FID_SCALAR);
