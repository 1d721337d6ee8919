// Linear algebra with AVX2.
#pragma STDC FP_CONTRACT OFF
#include "linear_tables.h"

#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#define LINEAR(name) name##_avx2
#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 3
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "linear_body.h"
#pragma clang attribute pop

const FidLinear fid_linear_avx2 = LINEAR_TABLE(FID_AVX2);
#endif
