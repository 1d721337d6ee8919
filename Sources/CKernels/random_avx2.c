// AVX2 with FMA.
#if defined(__x86_64__)
#define LANES 8
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define RANDOM fid_random_avx2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "random_body.h"
#pragma clang attribute pop
#endif
