// Vectors of LANES floats and the helpers of the bodies. Included once per vector width, after the including file has defined
//   LANES           floats per vector: 4, 8, or 16
//   FMA(a, b, c)    exact fused multiply-add of vectors
#pragma once

#include <stdint.h>
#include <string.h>

#define ALWAYS __attribute__((always_inline))

typedef float vec __attribute__((ext_vector_type(LANES)));
typedef float loose_vec __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int32_t ivec __attribute__((ext_vector_type(LANES)));
typedef uint32_t uvec __attribute__((ext_vector_type(LANES)));
typedef int64_t long_vec __attribute__((ext_vector_type(LANES)));
typedef uint64_t ulong_vec __attribute__((ext_vector_type(LANES)));
typedef double double_vec __attribute__((ext_vector_type(LANES)));

static inline ALWAYS vec load(const float *from) { return *(const loose_vec *)from; }
static inline ALWAYS void store(float *to, vec value) { *(loose_vec *)to = value; }

static inline ALWAYS ivec bits(vec x) { return (ivec)x; }
static inline ALWAYS vec from_bits(ivec x) { return (vec)x; }

static inline ALWAYS vec splat(float x) { return (vec)(x); }
static inline ALWAYS vec not_a_number(void) { return splat(__builtin_nanf("")); }
static inline ALWAYS vec infinity(void) { return splat(__builtin_inff()); }

// Replaces any NaN by the canonical NaN of results, because NaN payloads depend on the processor.
static inline ALWAYS vec settle(vec x) { return x == x ? x : not_a_number(); }

static inline ALWAYS vec magnitude(vec x) { return from_bits(bits(x) & 0x7fffffff); }
static inline ALWAYS vec with_sign(vec x, vec sign) { return from_bits((bits(x) & 0x7fffffff) | (bits(sign) & (int32_t)0x80000000)); }

// To nearest, ties to even, by rounding a sum; |x| >= 2^23 has no fraction. Keeps the sign of zero.
static inline ALWAYS vec round_even(vec x) {
    const vec big = splat(0x1p23f);
    vec a = magnitude(x), rounded = (a + big) - big;
    return a < big ? with_sign(rounded, x) : x;
}

static inline ALWAYS vec round_down(vec x) {
    vec rounded = round_even(x);
    return rounded > x ? rounded - 1.0f : with_sign(rounded, x);
}

static inline ALWAYS vec square_root(vec x) { return __builtin_elementwise_sqrt(x); }

// NaN if either is NaN.
static inline ALWAYS vec smaller(vec a, vec b) { return ((a < b) | (a != a)) ? a : b; }
static inline ALWAYS vec larger(vec a, vec b) { return ((a > b) | (a != a)) ? a : b; }
