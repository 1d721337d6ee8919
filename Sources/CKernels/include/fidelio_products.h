// Matrix products and convolutions as one operation: C[m, n] = sum over k of A[m, k] * B[k, n].
// Reduction: k is cut into chunks of 256; a chunk is a chain of fma from +0 in ascending k; chunks are added in ascending order.
// Positions outside an image count as +0 and take part in the chain. Nothing is materialised: operands are packed a block at a time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FID_PRODUCT_CHUNK 256
#define FID_MAX_TAPS 1024

// A window view of an image batch [images, height, width, channels] (NHWC): for a pixel p = (image, y, x) of a grid
// [images, grid_height, grid_width] and a tap t, the element run data[image, y*stride_y + dy[t], x*stride_x + dx[t], 0..<channels],
// or zeros where that is outside the image.
typedef struct {
    int64_t images, height, width, channels;
    int64_t grid_height, grid_width;
    int64_t stride_y, stride_x;
    int64_t taps;
    const int32_t *dy, *dx;  // [taps]
} FidPatches;

// How an operand X[r, k] (r: its outer index, m or n; k: the reduction index) lies in memory.
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

// Where row m of the output begins: data + m * stride, or, where grid_width > 0, m = (image, y, x) over [.., grid_height, grid_width] and
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
    // A product may leave out terms of which one factor is the +0 of a padding. Then `whole` is the product with these terms, of the same
    // rows and columns, and `finite` tells whether the other factors are finite (found out before: fid_operand_is_finite). Otherwise both are
    // NULL. Adding +0 times a finite number changes a chain only where that is -0, so a block is computed from `whole` where a factor is
    // not finite or a chunk's value is -0 (which takes an underflow): no bit tells the one from the other.
    // Where A is PATCH_ROWS, k goes over the taps that are left, and its chunks end here (the last at k), not at every 256; or NULL.
    // Where B is PATCH_COLUMNS, the kernels leave out what they can.
    const FidProduct *whole;
    const bool *finite;
    const int64_t *chunk_ends;
};

// The fused multiply-adds of the scalar kernels: exact, in software, without libm.
float fid_soft_fma(float a, float b, float c);
double fid_soft_fma_double(double a, double b, double c);
