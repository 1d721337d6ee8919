// NEON.
#if defined(__aarch64__)
#define LANES 4
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define RANDOM fid_random_neon

#include "random_body.h"
#endif
