// An exact fused multiply-add in binary64 for processors without one: the same bits as the instruction, without libm.
//
// Fast path in floating point (Boldo and Melquiond 2008, "Emulation of FMA and correctly rounded sums"): the product is split into a
// rounded part and its error (Dekker 1971), the sum of the three numbers is split into two parts and a remainder, and the remainder is rounded to odd,
// so that only the last addition rounds. It requires products whose error does not underflow and numbers far from overflow; all others use
// 128-bit integers.
#pragma once

#include <stdint.h>

typedef unsigned __int128 soft_wide;

static inline uint64_t soft_bits(double x) {
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double soft_number(uint64_t bits) {
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

// A finite nonzero number as mantissa * 2^exponent, with the mantissa's top bit at 52.
static inline uint64_t soft_mantissa(double x, int *exponent) {
    uint64_t bits = soft_bits(x), mantissa = bits & 0xfffffffffffffu;
    int biased = (int)(bits >> 52 & 0x7ff);
    if (biased > 0) {
        *exponent = biased - 1075;
        return mantissa | 1ull << 52;
    }
    int shift = __builtin_clzll(mantissa) - 11;
    *exponent = -1074 - shift;
    return mantissa << shift;
}

// Right shift; if a one bit is lost, the last bit is set.
static inline soft_wide soft_shifted(soft_wide x, int shift) {
    if (shift == 0) return x;
    if (shift > 127) return x != 0;
    return x >> shift | ((x << (128 - shift)) != 0);
}

// magnitude * 2^exponent, rounded once to nearest even.
static inline double soft_rounded(soft_wide magnitude, int exponent, int negative) {
    uint64_t high = (uint64_t)(magnitude >> 64), low = (uint64_t)magnitude;
    int top = high ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll(low);
    int last = top + exponent - 52 > -1074 ? top + exponent - 52 : -1074;  // the exponent of the last bit
    int shift = last - exponent;
    uint64_t mantissa;
    if (shift <= 0) {
        mantissa = (uint64_t)(magnitude << -shift);
    } else {
        soft_wide kept = soft_shifted(magnitude, shift > 2 ? shift - 2 : 0) << (shift < 2 ? 2 - shift : 0);  // two bits for the rounding
        mantissa = (uint64_t)(kept >> 2) + ((kept & 3) > 2 || ((kept & 3) == 2 && (kept >> 2 & 1)));
    }
    double sign = negative ? -1.0 : 1.0;
    if (last > 971) return sign * __builtin_inf();
    double scaled = last >= -1022 ? 1.0 : soft_number((uint64_t)(last + 2045) << 52);
    return sign * (double)mantissa * soft_number((uint64_t)((last >= -1022 ? last : -1022) + 1023) << 52) * scaled;
}

static inline double soft_fma_whole(double a, double b, double c) {
    const uint64_t infinite = 0x7ffull << 52;
    if ((soft_bits(a) & infinite) == infinite || (soft_bits(b) & infinite) == infinite) return a * b + c;
    if ((soft_bits(c) & infinite) == infinite) return c + c;
    if (a == 0 || b == 0) return a * b + c;
    int exponent_a, exponent_b, exponent_c;
    soft_wide product = (soft_wide)soft_mantissa(a, &exponent_a) * soft_mantissa(b, &exponent_b) << 20, addend = 0;
    int exponent = exponent_a + exponent_b - 20, negative = (soft_bits(a) ^ soft_bits(b)) >> 63, opposite = 0;
    if (c != 0) {
        addend = (soft_wide)soft_mantissa(c, &exponent_c) << 72;
        opposite = negative != (int)(soft_bits(c) >> 63);
        int lower = exponent - (exponent_c - 72);
        if (lower >= 0) addend = soft_shifted(addend, lower);
        else product = soft_shifted(product, -lower), exponent -= lower;
    }
    if (!opposite) return soft_rounded(product + addend, exponent, negative);
    if (product == addend) return 0;
    if (product > addend) return soft_rounded(product - addend, exponent, negative);
    return soft_rounded(addend - product, exponent, !negative);
}

// A sum and its rounding error (Knuth).
static inline double soft_sum(double a, double b, double *rest) {
    double sum = a + b, back = sum - a;
    *rest = (a - (sum - back)) + (b - back);
    return sum;
}

static inline double soft_high(double x) {
    double scaled = x * 0x1.0000002p27;  // 2^27 + 1
    return scaled - (scaled - x);
}

static inline double soft_fma_double(double a, double b, double c) {
    int exponent_a = (int)(soft_bits(a) >> 52 & 0x7ff), exponent_b = (int)(soft_bits(b) >> 52 & 0x7ff), exponent_c = (int)(soft_bits(c) >> 52 & 0x7ff);
    int together = exponent_a + exponent_b - 2046;
    if (exponent_a > 1900 || exponent_b > 1900 || exponent_c > 1900 || together < -900 || together > 900 || exponent_a < 60 || exponent_b < 60)
        return soft_fma_whole(a, b, c);
    double product = a * b, high_a = soft_high(a), high_b = soft_high(b), low_a = a - high_a, low_b = b - high_b;
    double error = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b;
    double low, rest_low, rest;
    double middle = soft_sum(c, error, &low);
    double high = soft_sum(product, middle, &rest);
    double odd = soft_sum(rest, low, &rest_low);
    uint64_t bits = soft_bits(odd);
    // Round to odd: an even inexact sum moves one step toward the exact value.
    //
    if (rest_low != 0 && !(bits & 1)) odd = soft_number((odd > 0) == (rest_low > 0) ? bits + 1 : bits - 1);
    return high + odd;
}
