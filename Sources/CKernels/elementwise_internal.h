// The mutable state of a call of an elementwise program: the positions of its tiles. Independent of the vector width; the loops are in elementwise_body.h.
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
    int64_t held_from, held;    // contents of the tile: elements [held_from, held_from + held) of the period
    int64_t stretch_from;       // the stretch that contained the whole tile, or -1
} FidHeld;

typedef struct {
    const FidElementwise *program;
    FidHeld *sources;
    FidPosition *sinks;
    float *tiles;      // memory of slots that do not alias a sink or a source
    float *sums;       // accumulators of the reductions
    int64_t sums_size; // floats per reduction
    float *slots[FID_MAX_SLOTS];
} FidRun;

// Initializes the state for the start of a program, with all tiles empty.
void fid_begin(FidRun *run, const FidElementwise *e, void *workspace);
// Elements [start, start + count) of a source, followed by readable padding up to a multiple of 16.
float *fid_source_tile(const FidSource *source, FidHeld *held, int64_t start, int64_t count);
// Stores values as elements [start, start + count) of a noncontiguous view.
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
