// Makes a program ready to run: merges dimensions, resolves registers to slots, takes what does not change out of the loop.
#include <string.h>

#include "elementwise_internal.h"

static const int64_t tile_bytes = FID_TILE * (int64_t)sizeof(float);

static int64_t rounded_up(int64_t x, int64_t step) { return (x + step - 1) / step * step; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t gcd(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Floats for the accumulators of one reduction: 16 lanes of columns. Narrow domains are accumulated whole, wide ones block by block.
static int64_t sums_size(const FidElementwise *e) {
    if (e->reduction_count == 0) return 0;
    return FID_SUM_LANES * rounded_up(least(e->inner, FID_SUM_COLUMNS), FID_LANE_MULTIPLE);
}

static int64_t slot_count(const FidElementwise *e) { return e->source_count + FID_MAX_REGISTERS + FID_CONSTANT_SLOTS; }

int64_t fid_elementwise_workspace(const FidElementwise *e) {
    int64_t bytes = slot_count(e) * tile_bytes + e->reduction_count * sums_size(e) * (int64_t)sizeof(float);
    bytes += e->source_count * (int64_t)sizeof(FidSource) + e->sink_count * (int64_t)sizeof(FidSink);
    bytes += 2 * e->instruction_count * (int64_t)sizeof(FidStep);
    return rounded_up(bytes, 64);
}

// A view without dimensions of extent 1, neighbours merged, and without the outer dimensions that only repeat it.
static FidWalker walker(const FidView *view) {
    FidWalker w = {.data = view->data, .period = 1};
    int32_t first = 0;
    while (first < view->rank && (view->strides[first] == 0 || view->dims[first] == 1)) first++;
    for (int32_t d = first; d < view->rank; d++) {
        int64_t extent = view->dims[d], stride = view->strides[d];
        if (extent == 1) continue;
        w.period *= extent;
        if (w.rank > 0 && w.strides[w.rank - 1] == stride * extent) {
            w.dims[w.rank - 1] *= extent;
            w.strides[w.rank - 1] = stride;
        } else {
            w.dims[w.rank] = extent;
            w.strides[w.rank] = stride;
            w.rank++;
        }
    }
    if (w.rank == 0) {
        w.rank = 1;
        w.dims[0] = 1;
    }
    return w;
}

static bool is_contiguous(const FidWalker *w, int64_t count) {
    return w->period == count && w->rank == 1 && (w->strides[0] == 1 || count == 1);
}

// A source that is stored as it is must not point into memory that another sink of the same tile overwrites.
static bool is_overwritten(const FidElementwise *e, const FidView *source) {
    const float *begin = source->data, *end = begin + e->count;
    bool stored = false, written = false;
    for (int32_t i = 0; i < e->sink_count; i++) {
        stored |= e->sinks[i].reg == source->reg;
        written |= e->sinks[i].data >= begin && e->sinks[i].data < end && e->sinks[i].reg != source->reg;
    }
    return stored && written;
}

// A row that is the same in many rows, as the statistics of one part of a batch are.
static void find_stretches(FidSource *s) {
    const FidWalker *w = &s->walker;
    s->repeat = s->stretch = 0;
    s->stretch_from = -1;
    if (w->period <= FID_TILE) return;
    int64_t inner = 1;
    for (int32_t d = w->rank - 1; d > 0 && inner <= FID_TILE / 2; d--) {
        if (w->strides[d] == 0) {
            s->repeat = inner;
            s->stretch = inner * w->dims[d];
            return;
        }
        inner *= w->dims[d];
    }
}

// Sources that begin again every few elements are loaded once if tiles hold whole periods.
static int64_t tile_length(const FidRun *run) {
    int64_t unit = FID_LANE_MULTIPLE;
    for (int32_t i = 0; i < run->source_count; i++) {
        int64_t period = run->sources[i].repeat > 0 ? run->sources[i].repeat : run->sources[i].walker.period;
        if (run->sources[i].in_place || period > FID_TILE) continue;
        int64_t common = unit / gcd(unit, period) * period;
        if (common <= FID_TILE) unit = common;
    }
    return FID_TILE / unit * unit;
}

static int operand_count(int32_t op) {
    switch (op) {
    case FID_CONSTANT: return 0;
    case FID_ADD: case FID_SUB: case FID_MUL: case FID_DIV: case FID_MIN: case FID_MAX:
    case FID_GREATER: case FID_GREATER_EQUAL: case FID_EQUAL: return 2;
    case FID_FMA: case FID_SELECT: return 3;
    default: return 1;
    }
}

// What is known of a register while the instructions are read in order.
typedef struct {
    int32_t slot[FID_MAX_REGISTERS];
    bool constant[FID_MAX_REGISTERS];  // the same for every element
    bool computed[FID_MAX_REGISTERS];  // by arithmetic
    int32_t constants;
} Registers;

static void prepare_sources(FidRun *run, Registers *registers, float *tiles) {
    const FidElementwise *e = run->program;
    for (int32_t i = 0; i < e->source_count; i++) {
        const FidView *view = &e->sources[i];
        FidSource *s = &run->sources[i];
        s->walker = walker(view);
        s->copied = is_overwritten(e, view);
        s->in_place = !s->copied && is_contiguous(&s->walker, e->count);
        s->tile = tiles + (int64_t)i * FID_TILE;
        s->held = s->held_from = 0;
        find_stretches(s);
        registers->slot[view->reg] = i;
        registers->constant[view->reg] = s->walker.period == 1 && e->count > 1;
    }
}

static void prepare_steps(FidRun *run, Registers *registers) {
    const FidElementwise *e = run->program;
    for (int32_t i = 0; i < e->instruction_count; i++) {
        const FidInstruction *in = &e->instructions[i];
        int operands = operand_count(in->op);
        int32_t from[3] = {in->a, in->b, in->c};
        int32_t slots[3] = {0, 0, 0};
        bool constant = registers->constants < FID_CONSTANT_SLOTS;
        for (int k = 0; k < operands; k++) {
            constant &= registers->constant[from[k]];
            slots[k] = registers->slot[from[k]];
        }
        int32_t slot = e->source_count + in->dst;
        if (constant) slot = e->source_count + FID_MAX_REGISTERS + registers->constants++;
        FidStep step = {.op = in->op, .dst = slot, .a = slots[0], .b = slots[1], .c = slots[2], .immediate = in->immediate};
        if (constant) run->once[run->once_count++] = step;
        else run->steps[run->step_count++] = step;
        registers->computed[in->dst] = in->op != FID_COPY || registers->computed[in->a];
        registers->constant[in->dst] = constant;
        registers->slot[in->dst] = slot;
    }
}

static void add_stream(FidRun *run, const float *memory) {
    for (int32_t i = 0; i < run->stream_count; i++)
        if (run->streams[i] == memory) return;
    run->streams[run->stream_count++] = memory;
}

// Elements from the first to the last of a view, that one included.
static int64_t span(const FidView *view) {
    int64_t last = 0;
    for (int32_t d = 0; d < view->rank; d++) last += (view->dims[d] - 1) * view->strides[d];
    return last + 1;
}

bool fid_is_only_written(const FidRun *run, const FidSink *sink) {
    const FidElementwise *e = run->program;
    const float *begin = sink->walker.data, *end = begin + e->count;
    for (int32_t i = 0; i < e->source_count; i++)
        if (e->sources[i].data < end && e->sources[i].data + span(&e->sources[i]) > begin) return false;
    return true;
}

static void choose_streamed(FidRun *run) {
    const FidElementwise *e = run->program;
    for (int32_t i = 0; i < e->sink_count; i++) {
        FidSink *sink = &run->sinks[i];
        sink->streamed = e->count >= FID_STREAMED_FLOATS && sink->contiguous && (uintptr_t)sink->walker.data % 64 == 0 && fid_is_only_written(run, sink);
    }
}

// What is too large for the second-level cache is fetched ahead: it doubles the speed of an optimiser's step.
static void choose_streams(FidRun *run) {
    const FidElementwise *e = run->program;
    run->stream_count = 0;
    for (int32_t i = 0; i < e->source_count; i++)
        if (run->sources[i].in_place) add_stream(run, run->sources[i].walker.data);
    for (int32_t i = 0; i < e->sink_count; i++)
        if (run->sinks[i].contiguous && !run->sinks[i].streamed && run->stream_count < FID_MAX_STREAMS) add_stream(run, run->sinks[i].walker.data);
    // A single stream is what the processor follows best by itself.
    if (run->stream_count == 1 || run->stream_count * e->count < FID_CACHED_FLOATS) run->stream_count = 0;
}

void fid_prepare(FidRun *run, const FidElementwise *e, void *workspace) {
    run->program = e;
    run->once_count = run->step_count = 0;
    run->source_count = e->source_count;
    run->sink_count = e->sink_count;
    float *tiles = run->tiles = workspace;
    for (int64_t i = 0; i < slot_count(e); i++) run->slots[i] = tiles + i * FID_TILE;
    run->sums = tiles + slot_count(e) * FID_TILE;
    run->sums_size = sums_size(e);
    run->sources = (FidSource *)(run->sums + e->reduction_count * run->sums_size);
    run->sinks = (FidSink *)(run->sources + e->source_count);
    run->once = (FidStep *)(run->sinks + e->sink_count);
    run->steps = run->once + e->instruction_count;

    Registers registers;
    memset(&registers, 0, sizeof registers);
    prepare_sources(run, &registers, tiles);
    prepare_steps(run, &registers);
    for (int32_t i = 0; i < e->sink_count; i++) {
        FidSink *sink = &run->sinks[i];
        sink->walker = walker(&e->sinks[i]);
        sink->contiguous = is_contiguous(&sink->walker, e->count);
        sink->computed = registers.computed[e->sinks[i].reg];
        sink->slot = registers.slot[e->sinks[i].reg];
    }
    for (int32_t i = 0; i < e->reduction_count; i++) run->reduced[i] = registers.slot[e->reductions[i].reg];
    run->adam_count = fid_find_adam(e, run->sources, run->sinks, run->adam);
    run->tile = tile_length(run);
    choose_streamed(run);
    choose_streams(run);
    fid_join_steps(run);
}

int32_t fid_adam_updates(const FidElementwise *e, void *workspace) {
    FidRun run;
    fid_prepare(&run, e, workspace);
    return run.adam_count;
}
