// Double-precision linear algebra for published numbers: covariances, Frechet distances, determinants.
// Every routine is written once and compiled once per vector width; all widths give the same bits. Only + - * / sqrt and fma.
// Matrices are row-major; ld is the distance between rows in elements.
#pragma once

#include <stdint.h>

#include "fidelio_kernels.h"

#define FID_LINEAR_CHUNK 256    // product rule: length of a chain
#define FID_LINEAR_ROWS 96      // rows of A, and columns of B, that are packed together
#define FID_LINEAR_COLUMNS 768
#define FID_LINEAR_PANEL 32     // Householder vectors accumulated before the matrix is updated
#define FID_LINEAR_SHARED 768   // rows from which a product of a symmetric matrix and a vector is worth several threads

// Doubles of workspace (64-byte aligned) that a product needs, and that a routine on matrices of n rows needs.
#define FID_LINEAR_PRODUCT_WORKSPACE ((FID_LINEAR_ROWS + FID_LINEAR_COLUMNS) * FID_LINEAR_CHUNK)
static inline int64_t fid_linear_workspace(int64_t n) { return FID_LINEAR_PRODUCT_WORKSPACE + (4 * FID_LINEAR_PANEL + 8) * ((n + 7) / 8 * 8); }

typedef enum { FID_WHOLE, FID_LOWER, FID_UPPER } FidTriangle;

// C[i, j] += sign * sum over k of A[i, k] * B[k, j]. The sum follows the product rule: chunks of 256 indices k, each a chain of fma from +0
// in ascending order; chunks are added to C in ascending order.
typedef struct {
    int64_t m, n, k;
    const double *a;
    int64_t a_row, a_column;  // strides in elements along i and along k
    const double *b;
    int64_t b_row, b_column;  // strides along k and along j
    double *c;
    int64_t ldc;
    int32_t negative;  // sign is -1 if nonzero
    int32_t triangle;  // FidTriangle: which part of C is required; computed in whole tiles, so some of the other part may be written too
} FidLinearProduct;

// A tile of the lower triangle of a symmetric matrix: rows row ... row_end - 1, columns column ... column_end - 1. row and column are multiples of 8; a tile with row == column is
// on the diagonal, others lie below it.
typedef struct {
    const double *a;
    int64_t ld, row, row_end, column, column_end;
} FidSymmetricTile;

// Computes parts of a factorization on several threads, with the bits that one thread gives.
typedef struct {
    void *context;
    void (*product)(void *context, const FidLinearProduct *p);
    // y = A x by tiles: each after those to its left and above it. y and lanes are zero.
    void (*symmetric)(void *context, const double *a, int64_t n, int64_t ld, const double *x, double *y, double *lanes);
} FidLinearTeam;

typedef struct {
    FidKernelSet set;
    void (*product)(const FidLinearProduct *p, double *workspace);
    // Pivoted Cholesky factorization A[order, order] = U^T U of the symmetric positive semidefinite matrix in the upper triangle of A, whose first
    // rows are overwritten by U; order[i] is the original index of row i. Tolerances apply after rows and columns are multiplied
    // by scale (destroyed), powers of two that bring the diagonal near 1: a pivot of at most n * 2^-52 ends the factorization. Returns the rank,
    // i.e. the number of rows of U, or -1 - i if the remaining diagonal of row i is negative beyond rounding.
    int64_t (*cholesky)(double *a, int64_t n, int64_t ld, double *scale, int64_t *order, double *workspace, const FidLinearTeam *team);
    // Householder reduction of the symmetric matrix in the lower triangle of A (destroyed) to tridiagonal form.
    void (*tridiagonal)(double *a, int64_t n, int64_t ld, double *diagonal, double *beside, double *workspace, const FidLinearTeam *team);
    // A tile of y = A x.
    void (*symmetric_tile)(const FidSymmetricTile *tile, const double *x, double *y, double *lanes);
    // LU factorization with partial pivoting: A becomes L (unit diagonal) and U; row i was swapped with row pivots[i] >= i. Returns 0, or 1 + the index of the
    // first column without a pivot.
    int64_t (*lu)(double *a, int64_t n, int64_t ld, int64_t *pivots);
    // Solves with these factors for the columns of B[n, columns], in place.
    void (*lu_solve)(const double *lu, int64_t n, int64_t ld, const int64_t *pivots, double *b, int64_t columns, int64_t ldb);
    // One step of an elimination, without fma: from each row r >= first of A[n, n] other than row k, (A[r, k] / divisor) times row k is subtracted in the columns >= column; A[r, k] counts
    // as 0 if it is among these.
    void (*eliminate)(double *a, int64_t n, int64_t k, int64_t first, int64_t column, double divisor);
    // sums[c] = the sum over rows of x[row, c] by the sum tree (rows <= 1024): 16 lanes, then pairwise.
    void (*column_sums)(const float *x, int64_t rows, int64_t columns, double *sums);
    // y[row, c] = x[row, c] - mean[c]
    void (*center)(const float *x, int64_t rows, int64_t columns, const double *mean, double *y);
} FidLinear;

// The routines of a set, or NULL if this processor or build does not have the set.
const FidLinear *fid_linear(FidKernelSet set);

// Eigenvalues, unordered, of a symmetric tridiagonal matrix; they replace the diagonal. beside (n elements, the last unused) is destroyed.
// Implicit QL with Wilkinson's shift. Entries must be at most about 1 in magnitude. Returns 0, or 1 if it does not converge.
int fid_tridiagonal_eigenvalues(double *diagonal, double *beside, int64_t n);
