// Argument reduction for huge angles, after Payne and Hanek (1983): of x * 2 / pi only the two lowest integer bits and the fraction matter, so only
// the bits of 2 / pi that affect them are multiplied.
#include "functions_reduction.h"

#include <string.h>

#include "functions_coefficients.h"

FidAngle fid_reduce_huge_angle(float x) {
    static const uint32_t words[] = {TWO_OVER_PI_WORDS, 0};
    uint32_t pattern;
    memcpy(&pattern, &x, sizeof pattern);
    // |x| = m 2^e with e >= -3. A bit of 2 / pi with weight 2^-k contributes m 2^(e - k) quarter turns: a multiple of four unless k > e - 2.
    uint32_t m = (pattern & 0x7fffff) | 0x800000;
    uint32_t e = ((pattern >> 23) & 0xff) - 150;
    uint32_t from = 32 + e - 2;  // the words begin with 32 zeros
    uint32_t word = from / 32, shift = from % 32;
    unsigned __int128 window = 0;
    for (uint32_t i = 0; i < 4; i++) window = window << 32 | words[word + i];
    window = (window << shift) >> 32;  // 96 bits; the first has weight 2 after multiplication by 2^e
    unsigned __int128 product = window * m;
    uint32_t quadrant = (uint32_t)(product >> 94);
    int64_t fraction = (int64_t)(uint64_t)(product >> 30);  // in units of 2^-64 quarter turns, to the nearest quarter turn
    if (fraction < 0) quadrant++;
    double rest = (double)fraction * 0x1p-64 * HALF_PI;
    if (pattern >> 31) return (FidAngle){-rest, (int32_t)(-quadrant & 3)};
    return (FidAngle){rest, (int32_t)(quadrant & 3)};
}
