// Linear algebra with NEON.
#pragma STDC FP_CONTRACT OFF
#include "linear_tables.h"

#if defined(__aarch64__)
#define LINEAR(name) name##_neon
#define LANES 2
#define TILE_ROWS 4
#define TILE_VECTORS 3
#include "linear_body.h"

const FidLinear fid_linear_neon = LINEAR_TABLE(FID_NEON);
#endif
