// Setup of a call of an elementwise program.
#include <string.h>

#include "elementwise_internal.h"

static int64_t rounded_up(int64_t x, int64_t step) { return (x + step - 1) / step * step; }

// Floats for the accumulators of one reduction: 16 lanes of columns. Narrow domains are accumulated whole, wide ones in blocks.
static int64_t sums_size(const FidElementwise *e) {
    if (e->reduction_count == 0) return 0;
    return FID_SUM_LANES * rounded_up(e->inner < FID_SUM_COLUMNS ? e->inner : FID_SUM_COLUMNS, FID_LANE_MULTIPLE);
}

int64_t fid_elementwise_workspace(const FidElementwise *e) {
    int64_t floats = (int64_t)e->slot_count * FID_TILE + e->reduction_count * sums_size(e);
    int64_t states = e->source_count * (int64_t)sizeof(FidHeld) + e->sink_count * (int64_t)sizeof(FidPosition);
    return rounded_up(floats * (int64_t)sizeof(float) + states, 64);
}

void fid_begin(FidRun *run, const FidElementwise *e, void *workspace) {
    float *tiles = workspace;
    run->program = e;
    run->tiles = tiles;
    for (int64_t i = 0; i < e->slot_count; i++) run->slots[i] = tiles + i * FID_TILE;
    run->sums = tiles + (int64_t)e->slot_count * FID_TILE;
    run->sums_size = sums_size(e);
    run->sources = (FidHeld *)(run->sums + e->reduction_count * run->sums_size);
    run->sinks = (FidPosition *)(run->sources + e->source_count);
    for (int32_t i = 0; i < e->source_count; i++) {
        run->sources[i] = (FidHeld){.tile = run->slots[i], .stretch_from = -1};
        if (e->sources[i].view.period == 1 && e->count > 1) fid_source_tile(&e->sources[i], &run->sources[i], 0, FID_TILE);
    }
    memset(run->sinks, 0, (size_t)e->sink_count * sizeof(FidPosition));
}
