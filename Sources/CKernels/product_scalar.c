// Processors without FMA: the same bits by an exact FMA in software, slowly.
#include "product_internal.h"
#include "soft_fma.h"

#define LANES SCALAR_LANES
#define TILE_ROWS SCALAR_TILE_ROWS
#define TILE_VECTORS SCALAR_TILE_VECTORS
#define BLOCK_ROWS SCALAR_BLOCK_ROWS
#define FMA(a, b, c) soft_fma4(a, b, c)
#define PRODUCT fid_product_scalar
#define PEAK fid_peak_scalar

#include "product_body.h"
#include "product_peak.h"
