// An elementwise program as it is run: operands resolved to slots, views to walkers. Width-free; the loops are in elementwise_body.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fidelio_elementwise.h"

#define FID_LANE_MULTIPLE 16         // no vector is longer; tiles in memory are padded to it
#define FID_CONSTANT_SLOTS 32        // values computed once for a call, not once for a tile
#define FID_TILE_LINES 32            // cache lines of 64 bytes in a tile
#define FID_MAX_STREAMS (2 * FID_MAX_REGISTERS)
#define FID_CACHED_FLOATS (1 << 18)  // what a second-level cache holds
#define FID_STREAMED_FLOATS (1 << 23)  // what no cache holds

// A position in a view, walked in ascending order.
typedef struct {
    float *data;
    int32_t rank;
    int64_t period;   // elements after which the view begins again
    int64_t next;     // the position, 0 <= next < period
    int64_t offset;   // of the position, in floats
    int64_t dims[FID_MAX_RANK], strides[FID_MAX_RANK], at[FID_MAX_RANK];
} FidWalker;

typedef struct {
    FidWalker walker;
    bool in_place;              // contiguous: the tile is the memory itself
    bool copied;                // the tile must not be the memory
    float *tile;
    int64_t held_from, held;    // what the tile holds: elements [held_from, held_from + held) of the period
    int64_t repeat, stretch;    // where a period is too long for a tile: in stretches of so many elements the view begins again after every `repeat`; or 0
    int64_t stretch_from;       // the stretch that all of the tile was in, or -1
} FidSource;

typedef struct {
    FidWalker walker;
    bool contiguous;
    bool computed;  // by arithmetic, so that a NaN may have any pattern
    bool direct;    // whole tiles are written by the step that makes them
    bool streamed;  // past the caches: it would not stay there, and what it overwrites need not be read first
    int32_t slot;
} FidSink;

// Functions that programs get when they are made ready: x - a, x / a, and b > c ? a : a * d, where c and d are the same for every element, or with a
// in the place of b.
enum { FID_SUB_FROM = FID_ROUND + 1, FID_DIV_INTO, FID_RECTIFY, FID_RECTIFY_SELF };

typedef struct {
    int32_t op;
    int32_t dst, a, b, c, d;  // slots
    float immediate;
    int32_t length;  // steps from here on that run as a segment, the value staying in registers; 0 for a loop of its own, and within a segment
    bool fresh;      // a is read from its slot; otherwise it is what the step before made
    bool kept;       // the value is stored into its slot
    bool settled;    // and is that of a sink: see FidSink.direct
} FidStep;

#define FID_MAX_ADAM 8     // updates of one program that are run as such
#define FID_ADAM_STEPS 14  // instructions of an update: 12, one less without share1, and 2 that clip the parameter

// An update of Adam: m beta1 + g share1, v beta2 + g g share2, parameter - (rate m) / (sqrt(v) + epsilon), each stored.
typedef struct {
    float *parameter, *m, *v;
    const float *gradient;
    const float *beta1, *share1, *beta2, *share2, *rate, *epsilon;  // share1 is NULL where it is 1, as beside a beta1 of 0
    const float *low, *high;  // to which the new parameter is clipped, or NULL
    float *to_parameter, *to_m, *to_v;
} FidAdam;

// Slots: the tiles that instructions read and write. First one for each source, then one for each register that instructions write, then
// values that are the same for every element.
#define FID_MAX_SLOTS (2 * FID_MAX_REGISTERS + FID_CONSTANT_SLOTS)

typedef struct {
    const FidElementwise *program;
    int32_t once_count, step_count, source_count, sink_count;
    FidStep *once;     // run once
    FidStep *steps;    // run for every tile
    FidSource *sources;
    FidSink *sinks;
    int32_t reduced[FID_MAX_REGISTERS];  // slot of each reduction
    float *slots[FID_MAX_SLOTS];
    float *tiles;      // the memory of the slots that are not a sink's or a source's
    float *sums;       // accumulators of the reductions
    int64_t sums_size; // floats for each reduction
    int64_t tile;      // elements of a tile: at most FID_TILE
    // Contiguous memory that is worth fetching a tile ahead.
    int32_t stream_count;
    const float *streams[FID_MAX_STREAMS];
    // If the program is nothing but updates of Adam: these.
    int32_t adam_count;
    FidAdam adam[FID_MAX_ADAM];
} FidRun;

// Resolves a program. Steps in `once` have not been run yet.
void fid_prepare(FidRun *run, const FidElementwise *e, void *workspace);
// The updates of Adam that are all of a program, or 0.
int32_t fid_find_adam(const FidElementwise *e, const FidSource *sources, const FidSink *sinks, FidAdam *updates);
// Joins steps that can keep their values in registers.
void fid_join_steps(FidRun *run);
// Whether no source reads any of what a sink writes.
bool fid_is_only_written(const FidRun *run, const FidSink *sink);
// The elements [start, start + count) of a source, followed by padding that may be read up to a multiple of 16.
float *fid_source_tile(FidSource *source, int64_t start, int64_t count);
// Stores values as the elements [start, start + count) of a view that is not contiguous.
void fid_scatter(FidWalker *walker, const float *values, int64_t start, int64_t count);

void fid_elementwise_scalar(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_elementwise_avx2(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_elementwise_avx512(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_elementwise_neon(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_reduce_scalar(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_reduce_avx2(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_reduce_avx512(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_reduce_neon(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
