// Fused elementwise programs, prepared by the planner and the binder: steps over tiles that stay in the first-level cache, with views as sources
// and sinks, and optional sums or maxima at the end. The kernels execute a program without analyzing it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FID_TILE 512          // elements per tile
#define FID_TILE_LINES 32     // 64-byte cache lines per tile
#define FID_MAX_SLOTS 96      // slots (tiles) per program
#define FID_MAX_RANK 8
#define FID_MAX_STREAMS 64
#define FID_LANE_MULTIPLE 16  // the longest vector; tiles in memory are padded to a multiple of it
#define FID_SUM_CHUNK 1024    // see reduce
#define FID_SUM_LANES 16
#define FID_SUM_COLUMNS 512   // columns of a reduction accumulated together

typedef enum {
    FID_COPY,                                   // a
    FID_ADD, FID_SUB, FID_MUL, FID_DIV,         // a op b
    FID_MIN, FID_MAX,                           // a < b ? a : b, a > b ? a : b; NaN if either is NaN
    FID_NEG, FID_ABS, FID_SQUARE, FID_SQRT, FID_RSQRT, FID_RECIPROCAL,  // exact: sqrt, 1/sqrt (two IEEE operations), 1/a
    FID_SIGN,                                   // -1, 0 or 1 (0 for both zeros, NaN for NaN)
    FID_EXP, FID_EXPM1, FID_LOG, FID_LOG1P, FID_TANH, FID_SIGMOID, FID_SOFTPLUS, FID_SIN, FID_COS,  // own polynomials, at most 2 ulp
    FID_GREATER, FID_GREATER_EQUAL, FID_EQUAL,  // 1 or 0
    FID_SELECT,                                 // a != 0 ? b : c
    FID_FLOOR, FID_ROUND,                       // round: to nearest even
    FID_SUB_FROM, FID_DIV_INTO,                 // b - a, b / a
    FID_RECTIFY, FID_RECTIFY_SELF,              // b > c ? a : a * d, a > c ? a : a * d, with c and d the same for every element
} FidOpcode;

// One function of a program. Slots are tiles: first one per source, in order, then those that steps write.
typedef struct {
    int32_t op;            // FidOpcode
    int32_t dst, a, b, c, d;  // slots; 0 for unused operands
    int32_t length;  // > 0: this many steps from here on form a segment: a few vectors pass through all of them in registers. 0: a loop
                     // of its own, or a later step of a segment
    bool fresh;      // in a segment: a is read from its slot; otherwise it is the value of the preceding step
    bool kept;       // in a segment: the value is stored into its slot
    bool settled;    // and the slot is a sink: see FidSink.direct
} FidStep;

// A view of memory, traversed in ascending order of the domain's linear index i: i modulo the period is decomposed over dims (row-major, product = period),
// and the element is data[sum of index_d * strides_d]. Stride 0 repeats; repetitions of the whole view are expressed by the period.
typedef struct {
    float *data;
    int64_t period;
    int32_t rank;    // at least 1
    int64_t dims[FID_MAX_RANK], strides[FID_MAX_RANK];
} FidView;

typedef struct {
    FidView view;
    bool in_place;           // contiguous over the domain: the tile aliases the memory
    bool copied;             // the tile must not alias the memory: a sink overwrites it while another still stores it
    int64_t repeat, stretch; // for periods longer than a tile: within each stretch of this many elements, the view repeats every `repeat` elements; or 0
} FidSource;

typedef struct {
    FidView view;
    int32_t slot;
    bool contiguous;  // over the domain
    bool computed;    // by arithmetic, so a NaN may have any payload
    bool direct;      // the step that computes the value writes whole tiles directly
    bool streamed;    // nontemporal stores: the data would not stay cached, and the overwritten lines need not be read first
} FidSink;

// Sums and maxima. The domain is viewed as [outer, rows, inner]; the result at (o, j) is the reduction over rows.
// The sum tree depends on rows only. S of at most 1024 numbers: 16 lanes, lane l = chain of additions from +0 over the indices
// i = l, l + 16, ... ascending; then lanes are added pairwise: l + (l + 8), then + 4, + 2, + 1. S of more than 1024 numbers: S of the sums of
// consecutive chunks of 1024 (the last may be shorter), recursively.
typedef enum { FID_SUM, FID_MAXIMUM } FidReductionKind;
typedef struct {
    int32_t kind;   // FidReductionKind
    int32_t slot;   // the slot that is reduced
    float *result;  // [outer, inner], contiguous
    float *partial; // [outer, chunks, inner], used if chunks = ceil(rows / 1024) > 1; fid_combine then completes the reduction
} FidReduction;

typedef struct {
    int64_t count;  // number of elements of the domain
    int64_t tile;   // elements per tile: a multiple of 16, at most FID_TILE
    int32_t slot_count, source_count, once_count, step_count, sink_count, reduction_count, stream_count;
    const FidSource *sources;
    const FidStep *once;   // hoisted: run once per call, because their values are the same for every element
    const FidStep *steps;  // run for every tile
    const FidSink *sinks;
    const FidReduction *reductions;
    const float *const *streams;  // contiguous memory worth prefetching one tile ahead
    int64_t outer, rows, inner;   // for reductions: outer * rows * inner == count
} FidElementwise;

// An Adam update: m beta1 + g share1, v beta2 + g g share2, parameter - (rate m) / (sqrt(v) + epsilon), each stored.
typedef struct {
    const float *parameter, *m, *v, *gradient;
    const float *beta1, *share1, *beta2, *share2, *rate, *epsilon;  // share1 is NULL if it is 1, as for beta1 = 0
    const float *low, *high;  // bounds of the new parameter, or NULL
    float *to_parameter, *to_m, *to_v;
} FidAdam;

// A program with reductions is executed by work items: item = (o * chunks + chunk) * blocks + block. An item covers the linear indices of its chunk
// of rows and its block of columns, and writes their sinks too.
static inline int64_t fid_reduction_chunks(const FidElementwise *e) { return (e->rows + FID_SUM_CHUNK - 1) / FID_SUM_CHUNK; }
static inline int64_t fid_reduction_blocks(const FidElementwise *e) { return e->inner <= FID_SUM_COLUMNS ? 1 : (e->inner + FID_SUM_COLUMNS - 1) / FID_SUM_COLUMNS; }
static inline int64_t fid_reduction_items(const FidElementwise *e) { return e->outer * fid_reduction_chunks(e) * fid_reduction_blocks(e); }
// Bytes of workspace for elementwise or reduce (64-byte aligned).
int64_t fid_elementwise_workspace(const FidElementwise *e);
// Called after all items: folds partial into result if there is more than one chunk. Same tree, independent of the kernel set, single-threaded.
void fid_combine(const FidElementwise *e);
