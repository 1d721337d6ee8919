// AVX2 with FMA.
#if defined(__x86_64__)
#define LANES 8
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define ELEMENTWISE fid_elementwise_avx2
#define REDUCE fid_reduce_avx2
#define ADAM fid_adam_avx2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "elementwise_body.h"
#pragma clang attribute pop
#endif
