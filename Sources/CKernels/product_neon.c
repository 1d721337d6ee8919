// NEON: a tile of 8 x 12 in 24 of 32 registers.
#if defined(__aarch64__)
#include "product_internal.h"

#define LANES NEON_LANES
#define TILE_ROWS NEON_TILE_ROWS
#define TILE_VECTORS NEON_TILE_VECTORS
#define BLOCK_ROWS NEON_BLOCK_ROWS
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define PRODUCT fid_product_neon
#define PEAK fid_peak_neon

#include "product_body.h"
#include "product_peak.h"
#endif
