// AVX-512: a 12 x 32 tile in 24 of 32 registers.
#if defined(__x86_64__)
#include "product_internal.h"

#define LANES AVX512_LANES
#define TILE_ROWS AVX512_TILE_ROWS
#define TILE_VECTORS AVX512_TILE_VECTORS
#define BLOCK_ROWS AVX512_BLOCK_ROWS
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define PRODUCT fid_product_avx512
#define PEAK fid_peak_avx512

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#include "product_body.h"
#include "product_peak.h"
#pragma clang attribute pop
#endif
