// Elementwise programs and reductions for one vector width; fidelio_elementwise.h defines what is computed.
// The including file defines LANES and FMA (see functions_vector.h) and the public names ELEMENTWISE, REDUCE, and ADAM.

#include "elementwise_steps.h"
#include "elementwise_adam.h"

// MARK: Tiles

static void load_tile(FidRun *run, int64_t start, int64_t count) {
    const FidElementwise *e = run->program;
    for (int32_t i = 0; i < e->source_count; i++) run->slots[i] = fid_source_tile(&e->sources[i], &run->sources[i], start, count);
    for (int32_t i = 0; i < e->sink_count; i++) {
        const FidSink *sink = &e->sinks[i];
        if (!sink->direct) continue;
        run->slots[sink->slot] = count % FID_LANE_MULTIPLE == 0 ? sink->view.data + start : run->tiles + (int64_t)sink->slot * FID_TILE;
    }
}

// Prefetches lines [first, last) of the memory of the tile at `next`, counted over all streams.
static inline ALWAYS void fetch_ahead(const FidElementwise *e, int64_t next, int64_t first, int64_t last) {
    for (int64_t line = first; line < last; line++)
        __builtin_prefetch(e->streams[line / FID_TILE_LINES] + next + line % FID_TILE_LINES * (FID_TILE / FID_TILE_LINES));
}

#include "elementwise_segments.h"

// Runs the steps for a tile of `count` elements. Prefetches for the tile at `next` are interleaved with them: issued all at once they would
// stall the computation.
static void run_steps(const FidRun *run, int64_t count, int64_t next) {
    const FidElementwise *e = run->program;
    int64_t padded = (count + FID_LANE_MULTIPLE - 1) / FID_LANE_MULTIPLE * FID_LANE_MULTIPLE;
    int64_t lines = e->stream_count * FID_TILE_LINES, steps = e->step_count, line = 0;
    for (int64_t i = 0; i < steps;) {
        const FidStep *step = &e->steps[i];
        i += step->length > 0 ? step->length : 1;
        int64_t end = lines * i / steps;
        if (step->length > 0) {
            run_segment(step, run->slots, padded, e, next, line, end);
        } else {
            fetch_ahead(e, next, line, end);
            run_step(step, run->slots, padded);
        }
        line = end;
    }
    fetch_ahead(e, next, line, lines);
}

static void store_contiguous(float *to, const float *from, int64_t count, bool computed) {
    if (!computed) {
        if (to != from) memcpy(to, from, (size_t)count * sizeof(float));
        return;
    }
    int64_t whole = count / LANES * LANES;
    for (int64_t i = 0; i < whole; i += LANES) store(to + i, settle(load(from + i)));
    for (int64_t i = whole; i < count; i++) to[i] = from[i] == from[i] ? from[i] : __builtin_nanf("");
}

// Orders nontemporal stores before subsequent ones.
static inline ALWAYS void finish_streams(void) {
#if defined(__x86_64__)
    __builtin_ia32_sfence();
#endif
}

// The same with nontemporal stores. - Precondition: `to` is aligned to 64 bytes.
static void store_streamed(float *to, const float *from, int64_t count, bool computed) {
    int64_t whole = count / LANES * LANES;
    for (int64_t i = 0; i < whole; i += LANES) {
        vec x = load(from + i);
        __builtin_nontemporal_store(computed ? settle(x) : x, (vec *)(to + i));
    }
    store_contiguous(to + whole, from + whole, count - whole, computed);
}

static void store_tile(FidRun *run, int64_t start, int64_t count) {
    const FidElementwise *e = run->program;
    for (int32_t i = 0; i < e->sink_count; i++) {
        const FidSink *sink = &e->sinks[i];
        float *from = run->slots[sink->slot];
        if (sink->direct && count % FID_LANE_MULTIPLE == 0) continue;
        if (sink->streamed && start % FID_LANE_MULTIPLE == 0) {
            store_streamed(sink->view.data + start, from, count, sink->computed);
            continue;
        }
        if (sink->contiguous) {
            store_contiguous(sink->view.data + start, from, count, sink->computed);
            continue;
        }
        if (sink->computed) store_contiguous(from, from, count, true);
        fid_scatter(&sink->view, &run->sinks[i], from, start, count);
    }
}

// Everything that is the same for all tiles.
static void begin(FidRun *run, const FidElementwise *e, void *workspace) {
    fid_begin(run, e, workspace);
    for (int32_t i = 0; i < e->once_count; i++) run_step(&e->once[i], run->slots, FID_TILE);
}

void ELEMENTWISE(const FidElementwise *e, int64_t start, int64_t count, void *workspace) {
    if (count <= 0) return;
    FidRun run;
    begin(&run, e, workspace);
    int64_t end = start + count;
    for (int64_t i = start; i < end; i += e->tile) {
        int64_t n = end - i < e->tile ? end - i : e->tile;
        load_tile(&run, i, n);
        run_steps(&run, n, i + n);
        store_tile(&run, i, n);
    }
    finish_streams();
}

// MARK: Reductions

// Lane l of a sum holds the chain of rows l, l + 16, ...: a ring of 16 rows of columns. In domain order the ring
// simply advances cyclically, so tiles need not start or end with a row.

static void accumulate(int32_t kind, float *sums, const float *values, int64_t count) {
    int64_t whole = count / LANES * LANES;
    if (kind == FID_SUM) {
        for (int64_t i = 0; i < whole; i += LANES) store(sums + i, load(sums + i) + load(values + i));
        for (int64_t i = whole; i < count; i++) sums[i] += values[i];
        return;
    }
    for (int64_t i = 0; i < whole; i += LANES) store(sums + i, larger(load(sums + i), load(values + i)));
    for (int64_t i = whole; i < count; i++) sums[i] = sums[i] > values[i] || sums[i] != sums[i] ? sums[i] : values[i];
}

// Keeps the ring of one column in registers.
static void accumulate_column(int32_t kind, float *sums, const float *values, int64_t count) {
    int64_t whole = count / FID_SUM_LANES * FID_SUM_LANES;
    vec lanes[FID_SUM_LANES / LANES];
    for (int k = 0; k < FID_SUM_LANES / LANES; k++) lanes[k] = load(sums + k * LANES);
    for (int64_t i = 0; i < whole; i += FID_SUM_LANES)
        for (int k = 0; k < FID_SUM_LANES / LANES; k++) {
            vec x = load(values + i + k * LANES);
            lanes[k] = kind == FID_SUM ? lanes[k] + x : larger(lanes[k], x);
        }
    for (int k = 0; k < FID_SUM_LANES / LANES; k++) store(sums + k * LANES, lanes[k]);
    accumulate(kind, sums, values + whole, count - whole);
}

static void accumulate_ring(int32_t kind, float *sums, int64_t ring, int64_t at, const float *values, int64_t count) {
    while (count > 0) {
        int64_t n = ring - at < count ? ring - at : count;
        accumulate(kind, sums + at, values, n);
        at = 0;
        values += n;
        count -= n;
    }
}

static void clear_sums(const FidRun *run, int64_t columns) {
    for (int32_t r = 0; r < run->program->reduction_count; r++) {
        float *sums = run->sums + r * run->sums_size;
        float first = run->program->reductions[r].kind == FID_SUM ? 0.0f : -__builtin_inff();
        for (int64_t i = 0; i < FID_SUM_LANES * columns; i++) sums[i] = first;
    }
}

// Adds the lanes pairwise and writes the columns of one item, starting at a column.
static void finish_sums(const FidRun *run, int64_t item, int64_t chunks, int64_t column, int64_t columns) {
    const FidElementwise *e = run->program;
    for (int32_t r = 0; r < e->reduction_count; r++) {
        const FidReduction *reduction = &e->reductions[r];
        float *sums = run->sums + r * run->sums_size;
        for (int64_t half = FID_SUM_LANES / 2; half >= 1; half /= 2)
            accumulate(reduction->kind, sums, sums + half * columns, half * columns);
        float *to = (chunks > 1 ? reduction->partial : reduction->result) + item * e->inner + column;
        store_contiguous(to, sums, columns, true);
    }
}

// Adds elements [from, from + count) of the tile to a ring at position `at`.
static void accumulate_tile(const FidRun *run, int64_t ring, int64_t at, int64_t from, int64_t count) {
    for (int32_t r = 0; r < run->program->reduction_count; r++) {
        int32_t kind = run->program->reductions[r].kind;
        float *sums = run->sums + r * run->sums_size;
        const float *values = run->slots[run->program->reductions[r].slot] + from;
        if (ring == FID_SUM_LANES && at == 0) accumulate_column(kind, sums, values, count);
        else accumulate_ring(kind, sums, ring, at, values, count);
    }
}

// Items that fit into one tile together.
static int64_t reduce_small(FidRun *run, int64_t item, int64_t last) {
    const FidElementwise *e = run->program;
    int64_t size = e->rows * e->inner, count = e->tile / size < last - item ? e->tile / size : last - item;
    load_tile(run, item * size, count * size);
    run_steps(run, count * size, (item + count) * size);
    for (int64_t i = 0; i < count; i++) {
        clear_sums(run, e->inner);
        accumulate_tile(run, FID_SUM_LANES * e->inner, 0, i * size, size);
        finish_sums(run, item + i, 1, 0, e->inner);
    }
    store_tile(run, item * size, count * size);
    return count;
}

// One item with narrow rows, in domain order.
static void reduce_narrow(FidRun *run, int64_t item, int64_t chunks, int64_t row, int64_t rows) {
    const FidElementwise *e = run->program;
    int64_t start = row * e->inner, count = rows * e->inner, ring = FID_SUM_LANES * e->inner;
    clear_sums(run, e->inner);
    for (int64_t i = 0, at = 0; i < count; i += e->tile) {
        int64_t n = count - i < e->tile ? count - i : e->tile;
        load_tile(run, start + i, n);
        run_steps(run, n, start + i + n);
        accumulate_tile(run, ring, at, 0, n);
        store_tile(run, start + i, n);
        at = (at + n) % ring;
    }
    finish_sums(run, item, chunks, 0, e->inner);
}

// One item with wide rows: a block of columns whose sums stay in the cache.
static void reduce_wide(FidRun *run, int64_t item, int64_t chunks, int64_t row, int64_t rows, int64_t block, int64_t blocks) {
    const FidElementwise *e = run->program;
    int64_t width = ((e->inner + blocks - 1) / blocks + FID_LANE_MULTIPLE - 1) / FID_LANE_MULTIPLE * FID_LANE_MULTIPLE;
    int64_t column = block * width, n = e->inner - column < width ? e->inner - column : width;
    clear_sums(run, n);
    for (int64_t i = 0; i < rows; i++) {
        int64_t start = (row + i) * e->inner + column;
        load_tile(run, start, n);
        run_steps(run, n, start + e->inner);
        accumulate_tile(run, FID_SUM_LANES * n, i % FID_SUM_LANES * n, 0, n);
        store_tile(run, start, n);
    }
    finish_sums(run, item, chunks, column, n);
}

void REDUCE(const FidElementwise *e, int64_t first, int64_t last, void *workspace) {
    if (first >= last) return;
    FidRun run;
    begin(&run, e, workspace);
    int64_t chunks = fid_reduction_chunks(e), blocks = fid_reduction_blocks(e);
    for (int64_t item = first; item < last;) {
        if (chunks == 1 && e->rows * e->inner * 2 <= e->tile) {
            item += reduce_small(&run, item, last);
            continue;
        }
        int64_t part = item / blocks, from = part % chunks * FID_SUM_CHUNK;
        int64_t rows = e->rows - from < FID_SUM_CHUNK ? e->rows - from : FID_SUM_CHUNK;
        int64_t row = part / chunks * e->rows + from;
        if (blocks == 1) reduce_narrow(&run, part, chunks, row, rows);
        else reduce_wide(&run, part, chunks, row, rows, item % blocks, blocks);
        item++;
    }
    finish_streams();
}
