// Selection of the vector width for linear algebra, and routines that do not benefit from vectors.
#pragma STDC FP_CONTRACT OFF
#include "linear_tables.h"

#include <math.h>

const FidLinear *fid_linear(FidKernelSet set) {
    switch (set) {
    case FID_SCALAR: return &fid_linear_scalar;
#if defined(__x86_64__)
    case FID_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &fid_linear_avx2 : 0;
    case FID_AVX512: return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") ? &fid_linear_avx512 : 0;
#elif defined(__aarch64__)
    case FID_NEON: return &fid_linear_neon;
#endif
    default: return 0;
    }
}

// Whether the element between diagonal[i] and diagonal[i + 1] is negligible.
static int negligible(double beside, double first, double second) {
    double size = fabs(beside);
    return size <= 0x1p-52 * (fabs(first) + fabs(second)) || size < 0x1p-400;
}

// One QL sweep of rotations from row end up to row start; e[end] is free.
static void sweep(double *d, double *e, int64_t start, int64_t end) {
    double half = (d[start + 1] - d[start]) / (2 * e[start]);
    double root = sqrt(half * half + 1);
    double g = d[end] - d[start] + e[start] / (half >= 0 ? half + root : half - root);
    double s = 1, c = 1, p = 0;
    for (int64_t i = end - 1; i >= start; i--) {
        double f = s * e[i], b = c * e[i];
        double r = sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[end] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
    }
    d[start] -= p;
    e[start] = g;
    e[end] = 0;
}

int fid_tridiagonal_eigenvalues(double *d, double *e, int64_t n) {
    if (n > 0) e[n - 1] = 0;
    for (int64_t i = 0; i < n; i++) {
        for (int rounds = 0;; rounds++) {
            int64_t end = i;
            while (end < n - 1 && !negligible(e[end], d[end], d[end + 1])) end++;
            if (end == i) break;
            if (rounds == 64) return 1;
            sweep(d, e, i, end);
        }
    }
    return 0;
}
