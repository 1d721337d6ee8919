// Matrix products and convolutions as one operation: C[m, n] = sum over k of A[m, k] * B[k, n].
// Reduction: k is divided into chunks of 256; a chunk is a chain of fma from +0 in ascending k; chunks are added in ascending order.
// Positions outside an image count as +0 and take part in the chain. No intermediate is materialized: operands are packed block by block.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FID_PRODUCT_CHUNK 256
#define FID_MAX_TAPS 1024

// A window view of an image batch [images, height, width, channels] (NHWC): for a pixel p = (image, y, x) of a grid
// [images, grid_height, grid_width] and a tap t, the elements data[image, y*stride_y + dy[t], x*stride_x + dx[t], 0..<channels],
// or zeros outside the image.
typedef struct {
    int64_t images, height, width, channels;
    int64_t grid_height, grid_width;
    int64_t stride_y, stride_x;
    int64_t taps;
    const int32_t *dy, *dx;  // [taps]
} FidPatches;

// Memory layout of an operand X[r, k], with r its outer index (m or n) and k the reduction index.
typedef enum {
    FID_ROWS,           // X[r, k] = data[r * stride + k]
    FID_COLUMNS,        // X[r, k] = data[k * stride + r]
    FID_PATCH_ROWS,     // r = pixel, k = tap * channels + channel        (convolution forward)
    FID_PATCH_COLUMNS,  // r = tap * channels + channel, k = pixel        (gradient for the weights)
    FID_TAP_COLUMNS,    // k = tap * channels + c: X[r, k] = data[tap_offset[tap] + c * stride + r]   (gradient for the input)
} FidLayout;

typedef struct {
    FidLayout layout;
    const float *data;
    int64_t stride;
    const FidPatches *patches;   // PATCH_*
    const int64_t *tap_offset;   // TAP_COLUMNS: [taps], in floats
    int64_t tap_channels;        // TAP_COLUMNS: c runs over 0..<tap_channels
} FidOperand;

// Start of row m of the output: data + m * stride or, if grid_width > 0, with m = (image, y, x) over [.., grid_height, grid_width],
// data + image * image_stride + y * y_stride + x * x_stride. Columns n are contiguous.
typedef struct {
    float *data;
    int64_t stride;
    int64_t grid_height, grid_width, image_stride, y_stride, x_stride;
} FidOutput;

typedef struct FidProduct FidProduct;
struct FidProduct {
    int64_t m, n, k;  // k == 0 gives zeros
    FidOperand a, b;  // a.r = m, b.r = n
    FidOutput c;
    // A product may omit terms with a factor +0 from padding. Then `whole` is the product including these terms, with the same
    // rows and columns, and `finite` tells whether the other factors are finite (determined beforehand: fid_operand_is_finite). Otherwise both are
    // NULL. Adding +0 times a finite number changes a chain only if its value is -0, so a block is computed from `whole` if a factor is
    // not finite or a chunk's value is -0 (which requires an underflow): results are bit-identical either way.
    // If A is PATCH_ROWS, k runs over the remaining taps, and chunks end at these positions (the last at k) instead of every 256; or NULL.
    // If B is PATCH_COLUMNS, the kernels omit what they can.
    const FidProduct *whole;
    const bool *finite;
    const int64_t *chunk_ends;
};

// The fused multiply-add of the scalar kernels: exact, in software, without libm.
float fid_soft_fma(float a, float b, float c);
double fid_soft_fma_double(double a, double b, double c);
