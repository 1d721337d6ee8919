// Common parts of the product kernels of all vector widths.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fidelio_kernels.h"

#define ALWAYS __attribute__((always_inline))

// Per set: floats per vector, rows and vectors of the register tile, rows of the left operand that are packed together.
#define AVX512_LANES 16
#define AVX512_TILE_ROWS 12
#define AVX512_TILE_VECTORS 2
#define AVX512_BLOCK_ROWS 384
#define AVX2_LANES 8
#define AVX2_TILE_ROWS 6
#define AVX2_TILE_VECTORS 2
#define AVX2_BLOCK_ROWS 240
#define NEON_LANES 4
#define NEON_TILE_ROWS 8
#define NEON_TILE_VECTORS 3
#define NEON_BLOCK_ROWS 240
#define SCALAR_LANES 4
#define SCALAR_TILE_ROWS 4
#define SCALAR_TILE_VECTORS 1
#define SCALAR_BLOCK_ROWS 64

// Floats of workspace: one panel of the right operand, a block of the left, and space that transposition may write past their ends.
#define PRODUCT_WORKSPACE(lanes, vectors, block_rows) (FID_PRODUCT_CHUNK * ((lanes) * (vectors) + (block_rows)) + 2 * (lanes))

// Zeros for positions outside an image; as long as a chunk, so that any run can point there.
extern const float fid_product_zeros[FID_PRODUCT_CHUNK];

void fid_product_scalar(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *workspace);
void fid_product_avx2(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *workspace);
void fid_product_avx512(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *workspace);
void fid_product_neon(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *workspace);
void fid_peak_scalar(int64_t rounds, float *values);
void fid_peak_avx2(int64_t rounds, float *values);
void fid_peak_avx512(int64_t rounds, float *values);
void fid_peak_neon(int64_t rounds, float *values);
