// Fused elementwise programs, made ready by the planner and the binder: steps over tiles that stay in the first-level cache, with views as sources
// and sinks, and at the end, if wanted, sums or maxima. The kernels execute a program as it stands; they find nothing out.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FID_TILE 512          // elements of a tile
#define FID_TILE_LINES 32     // its cache lines of 64 bytes
#define FID_MAX_SLOTS 96      // tiles of a program
#define FID_MAX_RANK 8
#define FID_MAX_STREAMS 64
#define FID_LANE_MULTIPLE 16  // no vector is longer; tiles in memory are padded to it
#define FID_SUM_CHUNK 1024    // see reduce
#define FID_SUM_LANES 16
#define FID_SUM_COLUMNS 512   // columns of a reduction that are accumulated together

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
    FID_RECTIFY, FID_RECTIFY_SELF,              // b > c ? a : a * d, a > c ? a : a * d, where c and d are the same for every element
} FidOpcode;

// One function of a program. Slots are tiles: first one for each source, in order, then those that steps write.
typedef struct {
    int32_t op;            // FidOpcode
    int32_t dst, a, b, c, d;  // slots; 0 where there is no such operand
    int32_t length;  // > 0: the steps from here on, so many, run as a segment: a few vectors stay in registers and go through all of them. 0: a loop
                     // of its own, or a later step of a segment
    bool fresh;      // in a segment: a is read from its slot; otherwise it is what the step before made
    bool kept;       // in a segment: the value is stored into its slot
    bool settled;    // and is that of a sink: see FidSink.direct
} FidStep;

// A view of memory, walked in ascending order of the domain's linear index i: i modulo the period is split over dims (row-major, product = period),
// and the element is data[sum of index_d * strides_d]. Stride 0 repeats; what repeats the whole view is left to the period.
typedef struct {
    float *data;
    int64_t period;
    int32_t rank;    // at least 1
    int64_t dims[FID_MAX_RANK], strides[FID_MAX_RANK];
} FidView;

typedef struct {
    FidView view;
    bool in_place;           // contiguous over the domain: the tile is the memory itself
    bool copied;             // the tile must not be the memory: a sink overwrites it while another one still stores it
    int64_t repeat, stretch; // where a period is too long for a tile: in stretches of so many elements the view begins again after every `repeat`; or 0
} FidSource;

typedef struct {
    FidView view;
    int32_t slot;
    bool contiguous;  // over the domain
    bool computed;    // by arithmetic, so that a NaN may have any pattern
    bool direct;      // whole tiles are written by the step that makes them
    bool streamed;    // past the caches: it would not stay there, and what it overwrites need not be read first
} FidSink;

// Sums and maxima. The domain is seen as [outer, rows, inner]; the result at (o, j) is over the rows.
// Sum tree, which depends on rows alone: S(x) of at most 1024 numbers: 16 lanes, lane l = chain of additions from +0 over the indices
// i = l, l + 16, ... ascending; then lanes are added pairwise: l + (l + 8), then + 4, + 2, + 1. S of more than 1024 numbers: S of the sums of
// consecutive chunks of 1024 (the last may be shorter), recursively.
typedef enum { FID_SUM, FID_MAXIMUM } FidReductionKind;
typedef struct {
    int32_t kind;   // FidReductionKind
    int32_t slot;   // that is reduced
    float *result;  // [outer, inner], contiguous
    float *partial; // [outer, chunks, inner], used where chunks = ceil(rows / 1024) > 1; then fid_combine finishes
} FidReduction;

typedef struct {
    int64_t count;  // elements of the domain
    int64_t tile;   // elements taken at a time: a multiple of 16, at most FID_TILE
    int32_t slot_count, source_count, once_count, step_count, sink_count, reduction_count, stream_count;
    const FidSource *sources;
    const FidStep *once;   // run at the beginning of a call: their values are the same for every element
    const FidStep *steps;  // run for every tile
    const FidSink *sinks;
    const FidReduction *reductions;
    const float *const *streams;  // contiguous memory that is worth fetching a tile ahead
    int64_t outer, rows, inner;   // for reductions: outer * rows * inner == count
} FidElementwise;

// An update of Adam: m beta1 + g share1, v beta2 + g g share2, parameter - (rate m) / (sqrt(v) + epsilon), each stored.
typedef struct {
    const float *parameter, *m, *v, *gradient;
    const float *beta1, *share1, *beta2, *share2, *rate, *epsilon;  // share1 is NULL where it is 1, as beside a beta1 of 0
    const float *low, *high;  // to which the new parameter is clipped, or NULL
    float *to_parameter, *to_m, *to_v;
} FidAdam;

// A program with reductions is run by work items: item = (o * chunks + chunk) * blocks + block; an item covers the linear indices of its chunk
// of rows and its block of columns, and also writes their sinks.
static inline int64_t fid_reduction_chunks(const FidElementwise *e) { return (e->rows + FID_SUM_CHUNK - 1) / FID_SUM_CHUNK; }
static inline int64_t fid_reduction_blocks(const FidElementwise *e) { return e->inner <= FID_SUM_COLUMNS ? 1 : (e->inner + FID_SUM_COLUMNS - 1) / FID_SUM_COLUMNS; }
static inline int64_t fid_reduction_items(const FidElementwise *e) { return e->outer * fid_reduction_chunks(e) * fid_reduction_blocks(e); }
// Bytes of workspace for elementwise or reduce (64-byte aligned).
int64_t fid_elementwise_workspace(const FidElementwise *e);
// After all items have run: folds partial into result where there is more than one chunk. Same tree, any kernel set, one thread.
void fid_combine(const FidElementwise *e);
