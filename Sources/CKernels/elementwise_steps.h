// The steps of elementwise programs: one vector loop each. Included by elementwise_body.h, once per vector width.

#include "elementwise_internal.h"
#include "functions_body.h"

#define UNARY(OP, expression)                                    \
    case OP:                                                     \
        for (int64_t i = 0; i < count; i += LANES) {             \
            vec a = load(pa + i);                                \
            store(to + i, (expression));                         \
        }                                                        \
        break;

#define BINARY(OP, expression)                                   \
    case OP:                                                     \
        _Pragma("clang loop unroll_count(4)")                    \
        for (int64_t i = 0; i < count; i += LANES) {             \
            vec a = load(pa + i), b = load(pb + i);              \
            store(to + i, (expression));                         \
        }                                                        \
        break;

#define TERNARY(OP, expression)                                  \
    case OP:                                                     \
        _Pragma("clang loop unroll_count(4)")                    \
        for (int64_t i = 0; i < count; i += LANES) {             \
            vec a = load(pa + i), b = load(pb + i), c = load(pc + i); \
            store(to + i, (expression));                         \
        }                                                        \
        break;

static inline ALWAYS vec one_where(ivec condition) { return from_bits(condition & 0x3f800000); }

static inline ALWAYS vec sign_of(vec a) {
    vec one = with_sign(splat(1), a);
    return a != a ? a : (a == 0 ? splat(0) : one);
}

// Runs one step over `count` elements, a multiple of 16.
static void run_step(const FidStep *step, float *const *slots, int64_t count) {
    float *to = slots[step->dst];
    const float *pa = slots[step->a], *pb = slots[step->b], *pc = slots[step->c];
    switch ((FidOpcode)step->op) {
    UNARY(FID_COPY, a)
    BINARY(FID_ADD, a + b)
    BINARY(FID_SUB, a - b)
    BINARY(FID_MUL, a * b)
    BINARY(FID_DIV, a / b)
    BINARY(FID_MIN, smaller(a, b))
    BINARY(FID_MAX, larger(a, b))
    UNARY(FID_NEG, -a)
    UNARY(FID_ABS, magnitude(a))
    UNARY(FID_SQUARE, a * a)
    UNARY(FID_SQRT, square_root(a))
    UNARY(FID_RSQRT, 1.0f / square_root(a))
    UNARY(FID_RECIPROCAL, 1.0f / a)
    UNARY(FID_SIGN, sign_of(a))
    UNARY(FID_EXP, exponential(a))
    UNARY(FID_EXPM1, exponential_minus_1(a))
    UNARY(FID_LOG, logarithm(a))
    UNARY(FID_LOG1P, logarithm_of_1_plus(a))
    UNARY(FID_TANH, hyperbolic_tangent(a))
    UNARY(FID_SIGMOID, sigmoid(a))
    UNARY(FID_SOFTPLUS, softplus(a))
    UNARY(FID_SIN, sine(a))
    UNARY(FID_COS, cosine(a))
    BINARY(FID_GREATER, one_where(a > b))
    BINARY(FID_GREATER_EQUAL, one_where(a >= b))
    BINARY(FID_EQUAL, one_where(a == b))
    TERNARY(FID_SELECT, a != 0 ? b : c)
    UNARY(FID_FLOOR, round_down(a))
    UNARY(FID_ROUND, round_even(a))
    BINARY(FID_SUB_FROM, b - a)
    BINARY(FID_DIV_INTO, b / a)
    case FID_RECTIFY: {
        vec bound = splat(*pc), slope = splat(*slots[step->d]);
        for (int64_t i = 0; i < count; i += LANES) store(to + i, load(pb + i) > bound ? load(pa + i) : load(pa + i) * slope);
        break;
    }
    case FID_RECTIFY_SELF: {
        vec bound = splat(*pc), slope = splat(*slots[step->d]);
        for (int64_t i = 0; i < count; i += LANES) store(to + i, load(pa + i) > bound ? load(pa + i) : load(pa + i) * slope);
        break;
    }
    }
}
