// How a product is shared out.
#include "product_internal.h"
#include "soft_fma.h"

const float fid_product_zeros[FID_PRODUCT_CHUNK] = {0};

float fid_soft_fma(float a, float b, float c) { return soft_fma(a, b, c); }

static int64_t rounded_up(int64_t x, int64_t step) { return (x + step - 1) / step * step; }
static int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

// Two blocks for each thread even out cores of unequal speed. Among the ways to get as many, the one that packs least wins: a block
// packs its rows of A once, and its columns of B once for every 384 rows or so.
void fid_product_blocks(const FidKernels *kernels, const FidProduct *p, int32_t threads, int64_t *m_block, int64_t *n_block) {
    *m_block = largest(p->m, 1);
    *n_block = largest(p->n, 1);
    if (threads <= 1 || p->m <= 0 || p->n <= 0) return;
    int64_t m_tiles = ceiling(p->m, kernels->product_m_step), n_tiles = ceiling(p->n, kernels->product_n_step);
    int64_t wanted = 2 * (int64_t)threads;
    double best = 0;
    for (int64_t across = 1; across <= wanted && across <= n_tiles; across++) {
        int64_t down = ceiling(wanted, across) < m_tiles ? ceiling(wanted, across) : m_tiles;
        int64_t m = ceiling(m_tiles, down), n = ceiling(n_tiles, across);
        // Tiles of the rounds of blocks that the busiest thread runs, and its share of packing.
        int64_t rounds = ceiling(ceiling(m_tiles, m) * ceiling(n_tiles, n), threads);
        double multiplied = (double)rounds * (double)m * (double)n;
        double packed = (double)rounds * (double)(m + n);
        double cost = multiplied + 0.5 * packed;
        if (best > 0 && cost >= best) continue;
        best = cost;
        *m_block = rounded_up(m * kernels->product_m_step, kernels->product_m_step);
        *n_block = rounded_up(n * kernels->product_n_step, kernels->product_n_step);
    }
}
