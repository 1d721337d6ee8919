// An exact fused multiply-add in binary32 for processors without one: the same bits as the instruction, without libm.
//
// The product of two binary32 numbers has at most 48 significant bits and an exponent well inside binary64's range, so it is exact in
// binary64. The sum with c is not; rounding it to 53 bits and then to 24 would round twice. Rounding the sum to odd instead
// (if it is inexact, the last bit is set) preserves what the second rounding needs, since 53 >= 24 + 2 (Boldo and Melquiond 2008);
// this also holds for subnormal results, which have fewer bits. Zeros, infinities, and NaN follow from the binary64 sum.
#pragma once

#include <stdint.h>

typedef float soft_float4 __attribute__((ext_vector_type(4)));
typedef double soft_double4 __attribute__((ext_vector_type(4)));
typedef int64_t soft_long4 __attribute__((ext_vector_type(4)));

static inline soft_float4 soft_fma4(soft_float4 a, soft_float4 b, soft_float4 c) {
    soft_double4 product = __builtin_convertvector(a, soft_double4) * __builtin_convertvector(b, soft_double4);
    soft_double4 addend = __builtin_convertvector(c, soft_double4);
    soft_double4 sum = product + addend;
    // Knuth's two-sum: sum + error is the exact sum. For infinities and NaN, the error is NaN and fails both comparisons.
    soft_double4 back = sum - product;
    soft_double4 error = (product - (sum - back)) + (addend - back);
    soft_long4 inexact = (error > 0) | (error < 0);
    soft_long4 bits;
    __builtin_memcpy(&bits, &sum, sizeof bits);
    // An even inexact sum moves one step toward the exact value: away from zero if sum and error have the same sign.
    soft_long4 away = ((sum > 0) & (error > 0)) | ((sum < 0) & (error < 0));
    soft_long4 step = (away & 2) - 1;
    bits += inexact & ~(-(bits & 1)) & step;
    __builtin_memcpy(&sum, &bits, sizeof bits);
    return __builtin_convertvector(sum, soft_float4);
}

static inline float soft_fma(float a, float b, float c) { return soft_fma4(a, b, c).x; }
