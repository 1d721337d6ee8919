// Processors without FMA: the same bits by an exact FMA in software.
#include "soft_fma.h"

#define LANES 4
#define FMA(a, b, c) soft_fma4(a, b, c)
#define RANDOM fid_random_scalar

#include "random_body.h"
