// Processors without FMA: the same bits by an exact FMA in software.
#include "soft_fma.h"

#define LANES 4
#define FMA(a, b, c) soft_fma4(a, b, c)
#define ELEMENTWISE fid_elementwise_scalar
#define REDUCE fid_reduce_scalar
#define ADAM fid_adam_scalar

#include "elementwise_body.h"
