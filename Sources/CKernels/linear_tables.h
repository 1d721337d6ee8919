// The function tables of linear algebra, one per vector width.
#pragma once

#include "fidelio_linear.h"

#define LINEAR_TABLE(kind)                                                                                                       \
    {                                                                                                                            \
        .set = kind, .product = LINEAR(product), .cholesky = LINEAR(cholesky), .tridiagonal = LINEAR(tridiagonal),               \
        .symmetric_tile = LINEAR(symmetric_tile), .lu = LINEAR(lu), .lu_solve = LINEAR(lu_solve), .eliminate = LINEAR(eliminate), .column_sums = LINEAR(column_sums), .center = LINEAR(center)                               \
    }

extern const FidLinear fid_linear_scalar;
#if defined(__x86_64__)
extern const FidLinear fid_linear_avx2, fid_linear_avx512;
#elif defined(__aarch64__)
extern const FidLinear fid_linear_neon;
#endif
