#include "fidelio_kernels.h"
