// The numeric kernels. Every kernel is written once and compiled once per vector width; all widths give
// the same bits. The rules (chunks of 256, the sum tree, no libm) are in ARCHITECTURE.md under "Numerics".
#pragma once

#include "fidelio_elementwise.h"
#include "fidelio_products.h"
#include "fidelio_random.h"

typedef enum { FID_SCALAR = 0, FID_AVX2 = 1, FID_AVX512 = 2, FID_NEON = 3 } FidKernelSet;

// The kernels of one vector width.
typedef struct {
    FidKernelSet set;
    const char *name;  // "scalar", "avx2", "avx512", "neon"
    // Computes the output block rows [m0, m1) x columns [n0, n1) of a product. Blocks may run concurrently.
    void (*product)(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *workspace);
    int64_t product_workspace;  // bytes for one call of product, 64-byte aligned
    int64_t product_m_step, product_n_step;  // register tile; blocks should start at multiples
    // Runs an elementwise program over the domain's linear indices [start, start + count).
    void (*elementwise)(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
    // Runs work items [first, last) of a program with reductions: see FidElementwise.
    void (*reduce)(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
    // Elements [start, start + count) of an Adam update.
    void (*adam)(const FidAdam *u, int64_t start, int64_t count);
    // Random numbers [start, start + count) of a stream: see fidelio_random.h.
    void (*random)(const FidRandom *r, int64_t start, int64_t count, float *out);
    // Measures a core's peak throughput: `rounds` times product_m_step * product_n_step chains of fma in registers, on as many floats.
    void (*peak)(int64_t rounds, float *values);
} FidKernels;

// The kernels of a set, or NULL if this processor or build does not have the set.
const FidKernels *fid_kernels(FidKernelSet set);
// The widest set that this processor supports.
const FidKernels *fid_best_kernels(void);

// Whether all elements X[r, k] of an operand, r < r_count, k < k_count, are finite. Not for windows of images.
bool fid_operand_is_finite(const FidOperand *o, int64_t r_count, int64_t k_count);

// Estimated cost of a product on one thread, in register tiles times k, for comparing ways to compute the same product.
double fid_product_cost(const FidKernels *kernels, const FidProduct *p);

// Proposes a partition of a product for a number of threads: blocks of *m_block rows by *n_block columns, multiples of the register tile.
// For one thread, the whole product is one block. Results do not depend on the blocks.
void fid_product_blocks(const FidKernels *kernels, const FidProduct *p, int32_t threads, int64_t *m_block, int64_t *n_block);
