// Argument reduction of huge angles.
#pragma once

#include <stdint.h>

#define FID_HUGE_ANGLE 0x1p20f  // from here on, 2 / pi is needed with more than binary64 precision

// x = (4k + quadrant) pi / 2 + rest.
typedef struct {
    double rest;       // |rest| <= pi / 4, with a relative error below 2^-40
    int32_t quadrant;  // modulo 4
} FidAngle;

FidAngle fid_reduce_huge_angle(float x);  // FID_HUGE_ANGLE <= |x| (any value, but no meaning, for infinity and NaN)
