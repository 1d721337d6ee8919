// Elementary functions for one vector width: our own polynomials with explicit fma, the same bits for every width. Special values follow
// Annex F of the C standard. Included once per width: see functions_vector.h.
//
// The comment above each function gives its largest error over all 2^32 inputs, measured against binary64: the distance from the exact value in units
// in the last place of binary32 at the exact value. Tests/EngineTests/FunctionsTests.swift checks these bounds.

#include "functions_coefficients.h"
#include "functions_reduction.h"
#include "functions_vector.h"

// MARK: Parts

// c[0] + c[1] x + ..., by Horner's scheme.
static inline ALWAYS vec polynomial(vec x, const float *c, const int count) {
    vec sum = splat(c[count - 1]);
#pragma clang loop unroll(full)
    for (int i = count - 2; i >= 0; i--) sum = FMA(sum, x, splat(c[i]));
    return sum;
}

// 2^n for -126 <= n <= 127.
static inline ALWAYS vec power_of_2(ivec n) { return (vec)((uvec)(n + 127) << 23); }

// 2^n x for |n| <= 250, in two factors so that only the last multiplication rounds.
static inline ALWAYS vec scaled(vec x, ivec n) {
    ivec half = n >> 1;
    return x * power_of_2(half) * power_of_2(n - half);
}

// x = n ln 2 + r + r_low with |r| <= ln 2 / 2; tail = e^r - 1 - r, including r_low's contribution. For |x| <= 150.
typedef struct {
    ivec n;
    vec r, tail;
} Exponent;

static inline ALWAYS Exponent exponent_parts(vec x) {
    const vec magic = splat(0x1.8p23f);  // rounds to an integer, which is in the low bits
    vec t = FMA(x, splat(LOG2_E), magic), n = t - magic;
    vec first = FMA(n, splat(-LN2_HIGH), x);  // exact
    vec r = FMA(n, splat(-LN2_LOW), first);
    vec r_low = FMA(n, splat(-LN2_LOW), first - r);
    vec tail = FMA(r * r, polynomial(r, exponential_terms, 6), r_low);
    return (Exponent){bits(t) - bits(magic), r, tail};
}

// e^x = 2^n (high + low), for |x| <= 150.
typedef struct {
    ivec n;
    vec high, low;
} Power;

static inline ALWAYS Power power_of_e(vec x) {
    Exponent p = exponent_parts(x);
    vec sum = 1.0f + p.r, rest = (p.r - (sum - 1.0f)) + p.tail;
    vec high = sum + rest;
    return (Power){p.n, high, rest - (high - sum)};
}

// e ln 2 + log(1 + f) + low / (1 + f), for f in [sqrt(1/2) - 1, sqrt(2) - 1] and tiny `low`.
static inline ALWAYS vec sum_of_logarithms(vec e, vec f, vec low) {
    vec t = FMA(f, polynomial(f, logarithm_terms, 9), splat(-0.5f));
    vec tail = FMA(f * f, t, FMA(e, splat(LN2_LOW), low * FMA(f, f - 1.0f, splat(1))));
    vec whole = e * LN2_HIGH, high = whole + f;
    return high + ((f - (high - whole)) + tail);
}

// x = 2^e m with m in [sqrt(1/2), sqrt(2)]. For positive normal x.
static inline ALWAYS vec mantissa(vec x, ivec *e) {
    const int32_t root = 0x3f3504f3;
    ivec b = bits(x) - root;
    *e = b >> 23;
    return from_bits((b & 0x7fffff) + root);
}

// log(1 + x + x_low) for -1 < x < infinity.
static inline ALWAYS vec logarithm_of_sum(vec x, vec x_low) {
    vec u = 1.0f + x;
    vec lost = (x > 1.0f ? 1.0f - (u - x) : x - (u - 1.0f)) + x_low;
    ivec e, near;
    vec f = mantissa(u, &e) - 1.0f;
    near = e == 0;
    ivec down = e > 64 ? (ivec)(-64) : -e;
    f = near ? x : f;
    lost = near ? x_low : lost * power_of_2(down);
    return sum_of_logarithms(__builtin_convertvector(e, vec), f, lost);
}

// MARK: Exponentials

// At most 0.77 ulp (for results below 2^-126, which are rounded twice); 0.66 ulp elsewhere.
static inline ALWAYS vec exponential(vec x) {
    vec within = x > 89.0f ? splat(89) : x < -104.0f ? splat(-104) : x;
    Power p = power_of_e(within);
    return scaled(p.high, p.n);
}

// At most 1.05 ulp.
static inline ALWAYS vec exponential_minus_1(vec x) {
    vec within = x > 89.0f ? splat(89) : x < -20.0f ? splat(-20) : x;
    Exponent p = exponent_parts(within);
    // Half the result, so that 2^n stays finite: (2^n - 1) / 2 + 2^(n - 1) (r + tail).
    vec scale = power_of_2(p.n - 1), whole = scale - 0.5f, part = scale * p.r;
    vec high = whole + part;
    vec half = high + ((part - (high - whole)) + scale * p.tail);
    return magnitude(x) < 0x1p-24f ? x : half + half;
}

// 1 / (1 + e^-x), computed from e^-|x| with a correction of the quotient. At most 0.77 ulp.
static inline ALWAYS vec sigmoid(vec x) {
    vec a = magnitude(x);
    Power p = power_of_e(-(a > 104.0f ? splat(104) : a));
    vec e = scaled(p.high, p.n), e_low = scaled(p.low, p.n);
    vec sum = 1.0f + e, sum_low = (e - (sum - 1.0f)) + e_low;
    ivec negative = x < 0;
    vec top = negative ? e : splat(1), top_low = negative ? e_low : splat(0);
    vec inverse = 1.0f / sum, quotient = top * inverse;
    vec rest = FMA(-quotient, sum, top) + (top_low - quotient * sum_low);
    return x < -40.0f ? e : FMA(rest, inverse, quotient);
}

// 1 - 2 / (e^2x + 1), or a polynomial where that would cancel. At most 1.35 ulp.
static inline ALWAYS vec hyperbolic_tangent(vec x) {
    vec a = magnitude(x), t = x * x;
    vec near = FMA(x * t, polynomial(t, tangent_terms, 6), x);
    a = a > 10.0f ? splat(10) : a;
    Power p = power_of_e(a + a);
    vec far = 1.0f - 2.0f / (scaled(p.high, p.n) + 1.0f);
    return with_sign(a < 0.625f ? near : far, x);
}

// MARK: Logarithms

// At most 0.83 ulp.
static inline ALWAYS vec logarithm(vec x) {
    ivec tiny = x < 0x1p-126f, e;
    vec f = mantissa(tiny ? x * 0x1p24f : x, &e) - 1.0f;
    vec y = sum_of_logarithms(__builtin_convertvector(e - (tiny & 24), vec), f, splat(0));
    y = x < __builtin_inff() ? y : x;
    y = x == 0 ? -infinity() : y;
    return x < 0 ? not_a_number() : y;
}

// At most 0.91 ulp.
static inline ALWAYS vec logarithm_of_1_plus(vec x) {
    vec y = logarithm_of_sum(x, splat(0));
    y = x < __builtin_inff() ? y : x;
    y = x == -1.0f ? -infinity() : y;
    y = x < -1.0f ? not_a_number() : y;
    return magnitude(x) < 0x1p-24f ? x : y;
}

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). At most 1.07 ulp.
static inline ALWAYS vec softplus(vec x) {
    vec a = magnitude(x);
    Power p = power_of_e(-(a > 104.0f ? splat(104) : a));
    vec e = scaled(p.high, p.n);
    vec y = logarithm_of_sum(e, scaled(p.low, p.n));
    return x > 0 ? x + y : x < -20.0f ? e : y;
}

// MARK: Sine and cosine

// sin(r + r_low) and cos(r + r_low) for |r| <= pi / 4 and tiny r_low.
static inline ALWAYS vec sine_near_0(vec r, vec r_low) {
    vec t = r * r;
    return r + FMA(r * t, polynomial(t, sine_terms, 4), r_low);
}

static inline ALWAYS vec cosine_near_0(vec r, vec r_low) {
    vec t = r * r, half = 0.5f * t, sum = 1.0f - half;
    vec rest = ((1.0f - sum) - half) - r * r_low;
    return sum + FMA(t * t, polynomial(t, cosine_terms, 3), rest);
}

// x = quadrant pi / 2 + r + r_low with |r| <= pi / 4, for finite x.
static inline ALWAYS ivec quadrant_parts(vec x, vec *r, vec *r_low) {
    const double_vec magic = (double_vec)(0x1.8p52);
    double_vec d = __builtin_convertvector(x, double_vec);
    double_vec t = d * TWO_OVER_PI + magic, n = t - magic;
    double_vec rest = (d - n * HALF_PI_HIGH) - n * HALF_PI_LOW;  // for |x| < 2^20 the first difference is exact
    ivec quadrant = __builtin_convertvector((long_vec)t, ivec);
    ivec huge = magnitude(x) >= FID_HUGE_ANGLE;
    if (__builtin_reduce_or(huge))
        for (int i = 0; i < LANES; i++) {
            if (!huge[i]) continue;
            FidAngle angle = fid_reduce_huge_angle(x[i]);
            rest[i] = angle.rest;
            quadrant[i] = angle.quadrant;
        }
    *r = __builtin_convertvector(rest, vec);
    *r_low = __builtin_convertvector(rest - __builtin_convertvector(*r, double_vec), vec);
    return quadrant;
}

static inline ALWAYS vec turned(ivec quadrant, vec r, vec r_low) {
    vec y = (quadrant & 1) != 0 ? cosine_near_0(r, r_low) : sine_near_0(r, r_low);
    return (quadrant & 2) != 0 ? -y : y;
}

// At most 0.85 ulp.
static inline ALWAYS vec sine(vec x) {
    vec r, r_low;
    ivec quadrant = quadrant_parts(x, &r, &r_low);
    vec y = turned(quadrant, r, r_low);
    y = magnitude(x) < 0x1p-12f ? x : y;
    return magnitude(x) < __builtin_inff() ? y : not_a_number();
}

// At most 0.85 ulp.
static inline ALWAYS vec cosine(vec x) {
    vec r, r_low;
    ivec quadrant = quadrant_parts(x, &r, &r_low);
    vec y = turned(quadrant + 1, r, r_low);
    return magnitude(x) < __builtin_inff() ? y : not_a_number();
}
