// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011). The number at (key, step, index) depends on nothing else.
// Counter words: {index / 4 low, index / 4 high, step low, step high}; word index % 4 of the block.
#pragma once

#include <stdint.h>

typedef enum {
    FID_UNIFORM,           // [0, 1): (word >> 8) * 2^-24, then low + (high - low) * u as one fma
    FID_NORMAL,            // standard normal by Box-Muller on pairs of words; then low + high * n as one fma (low: mean, high: standard deviation)
    FID_TRUNCATED_NORMAL,  // standard normal conditioned on |n| < 2 by the inverse CDF, one word each; then low + high * n as one fma
    FID_BITS,              // the 32-bit words themselves, stored in place of floats
} FidDistribution;

typedef struct {
    uint64_t key;
    uint64_t step;
    int32_t distribution;
    float low, high;
} FidRandom;

void fid_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
