// NEON.
#if defined(__aarch64__)
#define LANES 4
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define ELEMENTWISE fid_elementwise_neon
#define REDUCE fid_reduce_neon
#define ADAM fid_adam_neon

#include "elementwise_body.h"
#endif
