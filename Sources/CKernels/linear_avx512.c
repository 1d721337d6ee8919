// Linear algebra with AVX-512.
#pragma STDC FP_CONTRACT OFF
#include "linear_tables.h"

#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#define LINEAR(name) name##_avx512
#define LANES 8
#define TILE_ROWS 8
#define TILE_VECTORS 3
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,fma"))), apply_to = function)
#include "linear_body.h"
#pragma clang attribute pop

const FidLinear fid_linear_avx512 = LINEAR_TABLE(FID_AVX512);
#endif
