// AVX-512.
#if defined(__x86_64__)
#define LANES 16
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define ELEMENTWISE fid_elementwise_avx512
#define REDUCE fid_reduce_avx512
#define ADAM fid_adam_avx512

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#include "elementwise_body.h"
#pragma clang attribute pop
#endif
