// Partitioning of a product.
#include "product_internal.h"
#include "soft_fma.h"
#include "soft_fma_double.h"

const float fid_product_zeros[FID_PRODUCT_CHUNK] = {0};

float fid_soft_fma(float a, float b, float c) { return soft_fma(a, b, c); }
double fid_soft_fma_double(double a, double b, double c) { return soft_fma_double(a, b, c); }

static int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

// Cost of packing a tile's rows or columns for one k, relative to multiplying the tile for one k (measured, approximate).
static double packing(const FidOperand *o) {
    bool patches = o->layout == FID_PATCH_ROWS || o->layout == FID_PATCH_COLUMNS;
    if (patches && o->patches->channels < 8) return 5;
    return patches ? 0.5 : 0.3;
}

// Time of the busiest thread, in register tiles times k, for a partition into blocks of m_tiles x n_tiles.
static double busiest(const FidProduct *p, int64_t m_tiles, int64_t n_tiles, int64_t blocks, int32_t threads) {
    double m = (double)m_tiles, n = (double)n_tiles;
    int64_t rounds = ceiling(blocks, threads);
    double block = m * n + m * packing(&p->a) + n * packing(&p->b) * (double)ceiling(m_tiles, 32);
    // More rounds even out cores of unequal speed.
    return (double)rounds * block * (1 + 0.1 / (double)rounds);
}

static bool are_finite(const float *numbers, int64_t count) {
    uint32_t largest = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        __builtin_memcpy(&bits, numbers + i, sizeof bits);
        bits &= 0x7f800000;
        largest = bits > largest ? bits : largest;
    }
    return largest < 0x7f800000;
}

bool fid_operand_is_finite(const FidOperand *o, int64_t r_count, int64_t k_count) {
    bool finite = o->layout == FID_ROWS || o->layout == FID_COLUMNS || o->layout == FID_TAP_COLUMNS;
    if (o->layout == FID_ROWS)
        for (int64_t r = 0; r < r_count && finite; r++) finite = are_finite(o->data + r * o->stride, k_count);
    if (o->layout == FID_COLUMNS)
        for (int64_t k = 0; k < k_count && finite; k++) finite = are_finite(o->data + k * o->stride, r_count);
    if (o->layout == FID_TAP_COLUMNS)
        for (int64_t k = 0; k < k_count && finite; k += o->tap_channels)
            for (int64_t c = 0; c < o->tap_channels && finite; c++)
                finite = are_finite(o->data + o->tap_offset[k / o->tap_channels] + c * o->stride, r_count);
    return finite;
}

double fid_product_cost(const FidKernels *kernels, const FidProduct *p) {
    int64_t m_tiles = ceiling(p->m, kernels->product_m_step), n_tiles = ceiling(p->n, kernels->product_n_step);
    return busiest(p, m_tiles, n_tiles, 1, 1) * (double)(p->k + 4);
}

void fid_product_blocks(const FidKernels *kernels, const FidProduct *p, int32_t threads, int64_t *m_block, int64_t *n_block) {
    *m_block = largest(p->m, 1);
    *n_block = largest(p->n, 1);
    const double smallest = 1 << 18;  // minimum number of multiplications worth a thread
    double work = (double)p->m * (double)p->n * (double)p->k / smallest;
    if (threads <= 1 || work < 2) return;
    int64_t m_tiles = ceiling(p->m, kernels->product_m_step), n_tiles = ceiling(p->n, kernels->product_n_step);
    int64_t most = least(4 * (int64_t)threads, (int64_t)work);
    double best = busiest(p, m_tiles, n_tiles, 1, threads);
    for (int64_t down = 1; down <= most && down <= m_tiles; down++)
        for (int64_t across = 1; down * across <= most && across <= n_tiles; across++) {
            int64_t m = ceiling(m_tiles, down), n = ceiling(n_tiles, across);
            double cost = busiest(p, m, n, ceiling(m_tiles, m) * ceiling(n_tiles, n), threads);
            if (cost >= best) continue;
            best = cost;
            *m_block = m * kernels->product_m_step;
            *n_block = n * kernels->product_n_step;
        }
}
