// Linear algebra for processors without FMA: the same bits by an exact FMA in software, slowly.
#pragma STDC FP_CONTRACT OFF
#include "linear_tables.h"
#include "soft_fma_double.h"

#define LINEAR(name) name##_scalar
#define LANES 2
#define TILE_ROWS 2
#define TILE_VECTORS 2

static inline void soft_fmas(const double *a, const double *b, const double *c, double *result, int count) {
    for (int i = 0; i < count; i++) result[i] = soft_fma_double(a[i], b[i], c[i]);
}

// For scalars and vectors, replacing the compiler's builtin, which would call libm.
#define __builtin_elementwise_fma(a, b, c)                                                                                    \
    __extension__({                                                                                                           \
        __typeof__(c) soft_a = (a), soft_b = (b), soft_c = (c), soft_result;                                                  \
        soft_fmas((double *)&soft_a, (double *)&soft_b, (double *)&soft_c, (double *)&soft_result, sizeof soft_c / sizeof(double)); \
        soft_result;                                                                                                          \
    })
#include "linear_body.h"

const FidLinear fid_linear_scalar = LINEAR_TABLE(FID_SCALAR);
