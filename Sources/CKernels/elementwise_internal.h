// What a call of an elementwise program changes: where its tiles stand. Width-free; the loops are in elementwise_body.h.
#pragma once

#include <stddef.h>

#include "fidelio_elementwise.h"

// A position in a view.
typedef struct {
    int64_t next;    // 0 <= next < period
    int64_t offset;  // in floats
    int64_t at[FID_MAX_RANK];
} FidPosition;

typedef struct {
    FidPosition position;
    float *tile;
    int64_t held_from, held;    // what the tile holds: elements [held_from, held_from + held) of the period
    int64_t stretch_from;       // the stretch that all of the tile was in, or -1
} FidHeld;

typedef struct {
    const FidElementwise *program;
    FidHeld *sources;
    FidPosition *sinks;
    float *tiles;      // the memory of the slots that are not a sink's or a source's
    float *sums;       // accumulators of the reductions
    int64_t sums_size; // floats for each reduction
    float *slots[FID_MAX_SLOTS];
} FidRun;

// Stands at the beginning of a program, all tiles empty.
void fid_begin(FidRun *run, const FidElementwise *e, void *workspace);
// The elements [start, start + count) of a source, followed by padding that may be read up to a multiple of 16.
float *fid_source_tile(const FidSource *source, FidHeld *held, int64_t start, int64_t count);
// Stores values as the elements [start, start + count) of a view that is not contiguous.
void fid_scatter(const FidView *view, FidPosition *position, const float *values, int64_t start, int64_t count);

void fid_elementwise_scalar(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_elementwise_avx2(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_elementwise_avx512(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_elementwise_neon(const FidElementwise *e, int64_t start, int64_t count, void *workspace);
void fid_reduce_scalar(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_reduce_avx2(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_reduce_avx512(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_reduce_neon(const FidElementwise *e, int64_t first, int64_t last, void *workspace);
void fid_adam_scalar(const FidAdam *u, int64_t start, int64_t count);
void fid_adam_avx2(const FidAdam *u, int64_t start, int64_t count);
void fid_adam_avx512(const FidAdam *u, int64_t start, int64_t count);
void fid_adam_neon(const FidAdam *u, int64_t start, int64_t count);
