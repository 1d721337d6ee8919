// Random numbers for one vector width: see fidelio_random.h. The including file defines LANES and FMA (see functions_vector.h) and the
// public name RANDOM.
//
// LANES blocks of four words are computed together: vector w holds word w of each. Numbers are written in ascending order of block and word.

#include "fidelio_random.h"
#include "functions_body.h"
#include "random_philox.h"

#define GROUP (4 * LANES)  // numbers computed together

typedef uint64_t half_vec __attribute__((ext_vector_type(LANES / 2)));

typedef struct {
    uvec word[4];
} Words;

typedef struct {
    vec number[4];
} Numbers;

// MARK: Words

// The high and low words of x * multiplier: even and odd lanes separately, as 64-bit products.
static inline ALWAYS void multiply(uvec x, uint32_t multiplier, uvec *high, uvec *low) {
    const uint64_t mask = 0xffffffff;
    half_vec pairs = (half_vec)x;
    half_vec even = (pairs & mask) * (uint64_t)multiplier, odd = (pairs >> 32) * (uint64_t)multiplier;
    *low = (uvec)((even & mask) | (odd << 32));
    *high = (uvec)((even >> 32) | (odd & ~mask));
}

static inline ALWAYS Words philox(Words c, uint64_t key) {
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uvec high_0, low_0, high_1, low_1;
        multiply(c.word[0], PHILOX_MULTIPLIER_0, &high_0, &low_0);
        multiply(c.word[2], PHILOX_MULTIPLIER_1, &high_1, &low_1);
        c = (Words){{high_1 ^ c.word[1] ^ k0, low_1, high_0 ^ c.word[3] ^ k1, low_0}};
        k0 += PHILOX_KEY_STEP_0;
        k1 += PHILOX_KEY_STEP_1;
    }
    return c;
}

// The words of LANES blocks from `block` on. Lane 4 l + j holds block (LANES / 4) j + l, so that `put_numbers` stays within groups of
// four lanes.
static inline ALWAYS Words words_from(const FidRandom *r, uint64_t block) {
#if LANES == 16
    const uvec order = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};
#elif LANES == 8
    const uvec order = {0, 2, 4, 6, 1, 3, 5, 7};
#else
    const uvec order = {0, 1, 2, 3};
#endif
    uvec low = (uint32_t)block + order;
    uvec high = (uint32_t)(block >> 32) - (uvec)(low < (uint32_t)block);
    return philox((Words){{low, high, (uvec)((uint32_t)r->step), (uvec)((uint32_t)(r->step >> 32))}}, r->key);
}

// MARK: Distributions

// [0, 1) in multiples of 2^-24.
static inline ALWAYS vec unit(uvec word) { return __builtin_convertvector((ivec)(word >> 8), vec) * 0x1p-24f; }

// (0, 1]: (word + 1/2) 2^-32, the word rounded to 24 bits and the sum once more.
static inline ALWAYS vec positive_unit(uvec word) {
    vec high = __builtin_convertvector((ivec)(word >> 16), vec), low = __builtin_convertvector((ivec)(word & 0xffff), vec);
    return FMA(FMA(high, splat(0x1p16f), low), splat(0x1p-32f), splat(0x1p-33f));
}

// Box and Muller (1958): sqrt(-2 log u) times cosine and sine of an angle. The angle's word is split into the nearest quarter turn and a remainder
// of 24 bits, an odd multiple of 2^-25 quarter turns, so neither sine nor cosine is ever exactly zero.
static inline ALWAYS void normal_pair(uvec radius_word, uvec angle_word, vec *first, vec *second) {
    ivec e;
    vec f = mantissa(positive_unit(radius_word), &e) - 1.0f;
    vec radius = square_root(-2.0f * sum_of_logarithms(__builtin_convertvector(e, vec), f, splat(0)));
    ivec quadrant = (ivec)((angle_word + 0x20000000u) >> 30);
    ivec rest = (ivec)(angle_word - ((uvec)quadrant << 30)) >> 6;
    vec angle = __builtin_convertvector(2 * rest + 1, vec) * (float)(HALF_PI * 0x1p-25);
    vec s = sine_near_0(angle, splat(0)), c = cosine_near_0(angle, splat(0));
    ivec swapped = (quadrant & 1) != 0;
    vec x = swapped ? s : c, y = swapped ? c : s;
    *first = radius * (((quadrant + 1) & 2) != 0 ? -x : x);
    *second = radius * ((quadrant & 2) != 0 ? -y : y);
}

static inline ALWAYS Numbers normal(Words w) {
    Numbers n;
    normal_pair(w.word[0], w.word[1], &n.number[0], &n.number[1]);
    normal_pair(w.word[2], w.word[3], &n.number[2], &n.number[3]);
    return n;
}

// A normal number conditioned on |n| < 2, one per word, by the inverse CDF: x is an odd multiple of 2^-24
// in (-1, 1), and n / x is a polynomial in w = -log(1 - (x erf(sqrt 2))^2).
static inline ALWAYS vec truncated_normal(uvec word) {
    vec x = __builtin_convertvector(2 * (ivec)(word >> 8) + (1 - 0x1000000), vec) * 0x1p-24f;
    ivec e;
    vec f = mantissa(FMA(x * x, splat(-TRUNCATION), splat(1)), &e) - 1.0f;
    vec w = -sum_of_logarithms(__builtin_convertvector(e, vec), f, splat(0));
    vec n = x * polynomial(w, truncated_terms, 8);
    const vec limit = splat(0x1.fffffep0f);
    return magnitude(n) > limit ? with_sign(limit, x) : n;
}

static inline ALWAYS Numbers numbers_from(const FidRandom *r, uint64_t block) {
    Words w = words_from(r, block);
    vec low = splat(r->low), high = splat(r->high);
    Numbers n;
    switch ((FidDistribution)r->distribution) {
    case FID_UNIFORM:
        for (int i = 0; i < 4; i++) n.number[i] = FMA(high - low, unit(w.word[i]), low);
        return n;
    case FID_NORMAL:
        n = normal(w);
        for (int i = 0; i < 4; i++) n.number[i] = FMA(high, n.number[i], low);
        return n;
    case FID_TRUNCATED_NORMAL:
        for (int i = 0; i < 4; i++) n.number[i] = FMA(high, truncated_normal(w.word[i]), low);
        return n;
    case FID_BITS:
        break;
    }
    for (int i = 0; i < 4; i++) n.number[i] = (vec)w.word[i];
    return n;
}

// MARK: Order

// In every group of four lanes of a and b: lanes i and j of a and of b, interleaved.
#if LANES == 16
#define PICK(a, b, i, j, k, l) \
    __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4, i + 8, j + 8, k + 8, l + 8, i + 12, j + 12, k + 12, l + 12)
#elif LANES == 8
#define PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4)
#else
#define PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#endif

static inline ALWAYS void put_numbers(Numbers n, float *out) {
    vec a = PICK(n.number[0], n.number[1], 0, LANES, 1, LANES + 1), b = PICK(n.number[0], n.number[1], 2, LANES + 2, 3, LANES + 3);
    vec c = PICK(n.number[2], n.number[3], 0, LANES, 1, LANES + 1), d = PICK(n.number[2], n.number[3], 2, LANES + 2, 3, LANES + 3);
    store(out + 0 * LANES, PICK(a, c, 0, 1, LANES, LANES + 1));
    store(out + 1 * LANES, PICK(a, c, 2, 3, LANES + 2, LANES + 3));
    store(out + 2 * LANES, PICK(b, d, 0, 1, LANES, LANES + 1));
    store(out + 3 * LANES, PICK(b, d, 2, 3, LANES + 2, LANES + 3));
}

void RANDOM(const FidRandom *r, int64_t start, int64_t count, float *out) {
    uint64_t index = (uint64_t)start, end = index + (uint64_t)(count > 0 ? count : 0);
    while (index < end) {
        uint64_t skipped = index % 4, left = end - index;
        if (skipped == 0 && left >= GROUP) {
            put_numbers(numbers_from(r, index / 4), out);
            index += GROUP;
            out += GROUP;
            continue;
        }
        float group[GROUP];
        put_numbers(numbers_from(r, index / 4), group);
        uint64_t taken = GROUP - skipped < left ? GROUP - skipped : left;
        memcpy(out, group + skipped, taken * sizeof(float));
        index += taken;
        out += taken;
    }
}
