// Fused elementwise programs: a list of instructions over tiles that stay in the first-level cache, with views as sources and
// sinks, and at the end, if wanted, sums or maxima.
#pragma once

#include <stdint.h>

#define FID_TILE 512          // elements a tile register holds
#define FID_MAX_REGISTERS 32  // tile registers
#define FID_MAX_RANK 8
#define FID_SUM_CHUNK 1024    // see reduce
#define FID_SUM_LANES 16
#define FID_SUM_COLUMNS 512   // columns of a reduction that are accumulated together

typedef enum {
    FID_COPY, FID_CONSTANT,                     // dst = a; dst = immediate
    FID_ADD, FID_SUB, FID_MUL, FID_DIV,         // dst = a op b
    FID_MIN, FID_MAX,                           // a < b ? a : b, a > b ? a : b; NaN if either is NaN
    FID_FMA,                                    // fma(a, b, c)
    FID_NEG, FID_ABS, FID_SQUARE, FID_SQRT, FID_RSQRT, FID_RECIPROCAL,  // exact: sqrt, 1/sqrt (two IEEE operations), 1/a
    FID_SIGN,                                   // -1, 0 or 1 (0 for both zeros, NaN for NaN)
    FID_EXP, FID_EXPM1, FID_LOG, FID_LOG1P, FID_TANH, FID_SIGMOID, FID_SOFTPLUS, FID_SIN, FID_COS,  // own polynomials, at most 2 ulp
    FID_GREATER, FID_GREATER_EQUAL, FID_EQUAL,  // 1 or 0
    FID_SELECT,                                 // a != 0 ? b : c
    FID_FLOOR, FID_ROUND,                       // round: to nearest even
} FidOpcode;

typedef struct {
    int32_t op;            // FidOpcode
    int32_t dst, a, b, c;  // tile registers; unused ones are -1
    float immediate;       // FID_CONSTANT
} FidInstruction;

// A view of memory over the domain: linear index i of the domain is split over dims (row-major, product = domain size), and the
// element is data[sum of index_d * strides_d]. Stride 0 repeats. Dims are already merged as far as they go.
// A full contiguous view has rank 1, strides {1}; a scalar rank 1, strides {0}.
typedef struct {
    float *data;
    int32_t reg;       // source: tile register it is loaded into before the first instruction; sink: register it is stored from
    int32_t rank;
    int64_t dims[FID_MAX_RANK], strides[FID_MAX_RANK];
} FidView;

// Sums and maxima. The domain is seen as [outer, rows, inner]; the result at (o, j) is over the rows.
// Sum tree, which depends on rows alone: S(x) of at most 1024 numbers: 16 lanes, lane l = chain of additions from +0 over the indices
// i = l, l + 16, ... ascending; then lanes are added pairwise: l + (l + 8), then + 4, + 2, + 1. S of more than 1024 numbers: S of the sums of
// consecutive chunks of 1024 (the last may be shorter), recursively.
typedef enum { FID_SUM, FID_MAXIMUM } FidReductionKind;
typedef struct {
    int32_t kind;   // FidReductionKind
    int32_t reg;    // register that is reduced
    float *result;  // [outer, inner], contiguous
    float *partial; // [outer, chunks, inner], used where chunks = ceil(rows / 1024) > 1; then fid_combine finishes
} FidReduction;

typedef struct {
    int64_t count;  // elements of the domain
    int32_t instruction_count, source_count, sink_count, reduction_count;
    const FidInstruction *instructions;
    const FidView *sources;
    const FidView *sinks;
    const FidReduction *reductions;
    int64_t outer, rows, inner;  // for reductions: outer * rows * inner == count
} FidElementwise;

// A program with reductions is run by work items: item = (o * chunks + chunk) * blocks + block; an item covers the linear indices of its chunk
// of rows and its block of columns, and also writes their sinks.
static inline int64_t fid_reduction_chunks(const FidElementwise *e) { return (e->rows + FID_SUM_CHUNK - 1) / FID_SUM_CHUNK; }
static inline int64_t fid_reduction_blocks(const FidElementwise *e) { return e->inner <= FID_SUM_COLUMNS ? 1 : (e->inner + FID_SUM_COLUMNS - 1) / FID_SUM_COLUMNS; }
static inline int64_t fid_reduction_items(const FidElementwise *e) { return e->outer * fid_reduction_chunks(e) * fid_reduction_blocks(e); }
// Bytes of workspace for elementwise or reduce (64-byte aligned).
int64_t fid_elementwise_workspace(const FidElementwise *e);
// How many updates of Adam are all of a program (0 where it is anything else): those run in a loop of their own, to the same bits.
int32_t fid_adam_updates(const FidElementwise *e, void *workspace);
// After all items have run: folds partial into result where there is more than one chunk. Same tree, any kernel set, one thread.
void fid_combine(const FidElementwise *e);
