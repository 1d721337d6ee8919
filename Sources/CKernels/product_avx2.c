// AVX2 with FMA: a 6 x 16 tile in 12 of 16 registers.
#if defined(__x86_64__)
#include "product_internal.h"

#define LANES AVX2_LANES
#define TILE_ROWS AVX2_TILE_ROWS
#define TILE_VECTORS AVX2_TILE_VECTORS
#define BLOCK_ROWS AVX2_BLOCK_ROWS
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define PRODUCT fid_product_avx2
#define PEAK fid_peak_avx2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "product_body.h"
#include "product_peak.h"
#pragma clang attribute pop
#endif
