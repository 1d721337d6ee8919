// Selection of the kernels that this processor supports.
#include <stdatomic.h>
#include <stddef.h>

#include "elementwise_internal.h"
#include "product_internal.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define TABLE(SET, lower)                                                                                         \
    void fid_random_##lower(const FidRandom *r, int64_t start, int64_t count, float *out);                        \
    static const FidKernels lower##_kernels = {                                                                   \
        .set = FID_##SET,                                                                                         \
        .name = #lower,                                                                                           \
        .product = fid_product_##lower,                                                                           \
        .product_workspace =                                                                                      \
            PRODUCT_WORKSPACE(SET##_LANES, SET##_TILE_VECTORS, SET##_BLOCK_ROWS) * (int64_t)sizeof(float),        \
        .product_m_step = SET##_TILE_ROWS,                                                                        \
        .product_n_step = SET##_LANES * SET##_TILE_VECTORS,                                                       \
        .elementwise = fid_elementwise_##lower,                                                                   \
        .reduce = fid_reduce_##lower,                                                                             \
        .adam = fid_adam_##lower,                                                                                 \
        .random = fid_random_##lower,                                                                             \
        .peak = fid_peak_##lower,                                                                                 \
    }

TABLE(SCALAR, scalar);

#if defined(__x86_64__)

TABLE(AVX2, avx2);
TABLE(AVX512, avx512);

// The vector registers that the operating system saves (XCR0), or 0 if it saves none.
static uint32_t saved_state(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return a;
}

static bool has_fma(void) {
    uint32_t a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_FMA) && (c & bit_AVX);
}

static uint32_t extended_features(void) {
    uint32_t a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) ? b : 0;
}

static bool has_avx2(void) {
    const uint32_t ymm = 0x6;
    return (saved_state() & ymm) == ymm && has_fma() && (extended_features() & bit_AVX2);
}

static bool has_avx512(void) {
    const uint32_t zmm = 0xe6, wanted = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    return (saved_state() & zmm) == zmm && has_avx2() && (extended_features() & wanted) == wanted;
}

// Queried once: CPUID traps in a virtual machine, and kernels are looked up for every single number drawn from a stream.
enum { ASKED = 1, ABLE_AVX2 = 2, ABLE_AVX512 = 4 };
static int abilities(void) {
    static atomic_int known;
    int answer = atomic_load_explicit(&known, memory_order_relaxed);
    if (answer) return answer;
    answer = ASKED | (has_avx2() ? ABLE_AVX2 : 0) | (has_avx512() ? ABLE_AVX512 : 0);
    atomic_store_explicit(&known, answer, memory_order_relaxed);
    return answer;
}

const FidKernels *fid_kernels(FidKernelSet set) {
    switch (set) {
    case FID_SCALAR: return &scalar_kernels;
    case FID_AVX2: return abilities() & ABLE_AVX2 ? &avx2_kernels : NULL;
    case FID_AVX512: return abilities() & ABLE_AVX512 ? &avx512_kernels : NULL;
    default: return NULL;
    }
}

#elif defined(__aarch64__)

TABLE(NEON, neon);

const FidKernels *fid_kernels(FidKernelSet set) {
    switch (set) {
    case FID_SCALAR: return &scalar_kernels;
    case FID_NEON: return &neon_kernels;
    default: return NULL;
    }
}

#else

const FidKernels *fid_kernels(FidKernelSet set) { return set == FID_SCALAR ? &scalar_kernels : NULL; }

#endif

const FidKernels *fid_best_kernels(void) {
    static const FidKernelSet widest_first[] = {FID_AVX512, FID_AVX2, FID_NEON};
    for (size_t i = 0; i < sizeof widest_first / sizeof *widest_first; i++) {
        const FidKernels *kernels = fid_kernels(widest_first[i]);
        if (kernels) return kernels;
    }
    return &scalar_kernels;
}
