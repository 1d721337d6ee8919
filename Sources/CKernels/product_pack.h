// Packing: a block of an operand is copied to panels that tiles read sequentially. A panel holds `width` outer indices of the operand for
// every k of a chunk: panel[k * width + r]. Included by product_body.h, once per vector width.
//
// Two kinds of layout: if runs along k are contiguous (ROWS, PATCH_ROWS), four k of every row are read and transposed in registers;
// if runs along r are contiguous (COLUMNS, TAP_COLUMNS, PATCH_COLUMNS), runs are copied.

#include "product_turn.h"
#include "product_windows.h"

#define AHEAD_RUN 32  // two cache lines

// One chunk of an operand, ready to be packed panel by panel.
typedef struct {
    const FidOperand *operand;
    int64_t k0, kc;
    const float *runs[FID_PRODUCT_CHUNK];  // COLUMNS, TAP_COLUMNS: X[0, k0 + k]
    Pixels pixels;                         // PATCH_COLUMNS: the pixels k0 + k
    // Runs of AHEAD_RUN floats that a panel with first r = 0 is read from, and their strides with r and from chunk to chunk.
    const float *ahead[FID_PRODUCT_CHUNK];
    int64_t ahead_count, ahead_step, ahead_next;
} Chunk;

static inline ALWAYS void pack_rows(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    const float *rows[width], *first = c->operand->data + r0 * c->operand->stride + c->k0;
    int64_t stride = c->operand->stride;
    for (int r = 0; r < width; r++) rows[r] = r < count ? first + r * stride : fid_product_zeros;
    transpose_run(rows, c->kc, width, out);
}

// Four k of one quad of short runs for every row, transposed: out[k * width + r]. If width is not a multiple of 4, this overwrites the next k,
// which is written later.
static inline ALWAYS void transpose_short(const float *const *runs, const Edges *edges, int64_t at, const int width, float *out) {
    const int quads = (width + 3) / 4;
    quad columns[quads][4];
#pragma clang loop unroll(full)
    for (int g = 0; g < quads; g++) {
        quad q[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) q[i] = 4 * g + i < width ? short_quad(runs[4 * g + i], &edges[4 * g + i], at) : (quad)(0);
        quad low01 = __builtin_shufflevector(q[0], q[1], 0, 4, 1, 5), low23 = __builtin_shufflevector(q[2], q[3], 0, 4, 1, 5);
        quad high01 = __builtin_shufflevector(q[0], q[1], 2, 6, 3, 7), high23 = __builtin_shufflevector(q[2], q[3], 2, 6, 3, 7);
        columns[g][0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
        columns[g][1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
        columns[g][2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
        columns[g][3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++)
#pragma clang loop unroll(full)
        for (int g = 0; g < quads; g++) *(loose_quad *)(out + k * width + 4 * g) = columns[g][k];
}

// Windows of many channels, tap by tap.
static inline ALWAYS void pack_wide_rows(const Chunk *c, const Pixels *pixels, int64_t count, const int width, float *out) {
    const float *rows[width];
    for (int r = 0; r < width; r++) rows[r] = fid_product_zeros;
    int64_t channels = c->operand->patches->channels, tap = c->k0 / channels, channel = c->k0 % channels;
    for (int64_t k = 0; k < c->kc; tap++, channel = 0) {
        int64_t length = least(channels - channel, c->kc - k);
        for (int64_t r = 0; r < count; r++) rows[r] = aim(c->operand, pixels, r, tap, channel);
        transpose_run(rows, length, width, out + k * width);
        k += length;
    }
}

// Windows of few channels, several taps together.
static inline ALWAYS void pack_slim_rows(const Chunk *c, const Pixels *pixels, int64_t count, const int width, float *out) {
    const FidPatches *g = c->operand->patches;
    const float *rows[width];
    float scratch[width][SHORT_RUN];
    Edges edges[width];
    Run edged = {0, 0, 0};
    for (int r = 0; r < width; r++) rows[r] = fid_product_zeros;
    for (int64_t k = 0; k < c->kc;) {
        Run run = short_run(g, c->k0 + k, c->kc - k);
        if (run.length > 0 && lies_within(g, pixels, count, &run)) {
            if (!is_same_but_for_the_row(g, &run, &edged)) {
                find_edges(g, pixels, width, &run, edges);
                edged = run;
            }
            aim_runs(c->operand, pixels, width, &run, rows);
            for (int64_t at = 0; at < run.length; at += 4) transpose_short(rows, edges, at, width, out + (k + at) * width);
            k += run.length;
            continue;
        }
        int64_t taps = run.channel > 0 ? 1 : taps_side_by_side(g, run.tap, least(SHORT_RUN, c->kc - k) / g->channels);
        int64_t length = least(taps * g->channels - run.channel, c->kc - k);
        for (int64_t r = 0; r < count; r++)
            rows[r] = taps > 1 ? aim_side_by_side(c->operand, pixels, r, run.tap, taps, scratch[r])
                               : aim(c->operand, pixels, r, run.tap, run.channel);
        transpose_run(rows, length, width, out + k * width);
        k += length;
    }
}

static inline ALWAYS void pack_patch_rows(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    Pixels pixels;
    locate_pixels(c->operand->patches, r0, count, &pixels);
    for (int64_t r = count; r < width; r++) pixels.y[r] = OUTSIDE, pixels.x[r] = 0, pixels.at[r] = 0;
    if (c->operand->patches->channels >= SHORT_RUN) pack_wide_rows(c, &pixels, count, width, out);
    else pack_slim_rows(c, &pixels, count, width, out);
}

// Copies `length` floats from `shift` on of each run to out[k * width].
static inline ALWAYS void copy_exactly(const float *const *runs, int64_t shift, int64_t kc, const int length, const int width, float *out) {
    for (int64_t k = 0; k < kc; k++) __builtin_memcpy(out + k * width, runs[k] + shift, (size_t)length * sizeof(float));
}

static inline ALWAYS void copy_runs(const float *const *runs, int64_t shift, int64_t kc, int64_t length, const int width, float *out) {
    if (length == width) return copy_exactly(runs, shift, kc, width, width, out);
    if (length == 4) return copy_exactly(runs, shift, kc, 4, width, out);
    if (length == 8 && width > 8) return copy_exactly(runs, shift, kc, 8, width, out);
    if (length == 16 && width > 16) return copy_exactly(runs, shift, kc, 16, width, out);
    for (int64_t k = 0; k < kc; k++) {
        const float *from = runs[k] + shift;
        float *to = out + k * width;
        int64_t r = 0;
        for (; r + 4 <= length; r += 4) __builtin_memcpy(to + r, from + r, 4 * sizeof(float));
#pragma clang loop vectorize(disable) unroll(disable)
        for (; r < length; r++) to[r] = from[r];
    }
}

static inline ALWAYS void copy_short(
    const float *const *runs, int64_t kc, const Edges *edges, const int length, const int width, float *out) {
    for (int64_t k = 0; k < kc; k++)
#pragma clang loop unroll(full)
        for (int at = 0; at < length; at += 4) *(loose_quad *)(out + k * width + at) = short_quad(runs[k], &edges[k], at);
}

static inline ALWAYS void copy_shorts(
    const float *const *runs, int64_t kc, const Edges *edges, int64_t length, const int width, float *out) {
    if (length == 4) return copy_short(runs, kc, edges, 4, width, out);
    if (length == 8) return copy_short(runs, kc, edges, 8, width, out);
    if (length == 12) return copy_short(runs, kc, edges, 12, width, out);
    copy_short(runs, kc, edges, 16, width, out);
}

static inline ALWAYS void pack_patch_columns(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    const FidPatches *g = c->operand->patches;
    const float *runs[FID_PRODUCT_CHUNK];
    float scratch[FID_PRODUCT_CHUNK][SHORT_RUN];
    Edges edges[FID_PRODUCT_CHUNK];
    Run edged = {0, 0, 0};
    for (int64_t r = 0; r < count;) {
        Run run = short_run(g, r0 + r, count - r);
        if (run.length > 0 && lies_within(g, &c->pixels, c->kc, &run)) {
            if (!is_same_but_for_the_row(g, &run, &edged)) find_edges(g, &c->pixels, c->kc, &run, edges);
            edged = run;
            aim_runs(c->operand, &c->pixels, c->kc, &run, runs);
            copy_shorts(runs, c->kc, edges, run.length, width, out + r);
            r += run.length;
            continue;
        }
        int64_t taps = run.channel > 0 ? 1 : taps_side_by_side(g, run.tap, least(SHORT_RUN, count - r) / g->channels);
        int64_t length = least(taps * g->channels - run.channel, count - r);
        if (taps > 1)
            for (int64_t k = 0; k < c->kc; k++) runs[k] = aim_side_by_side(c->operand, &c->pixels, k, run.tap, taps, scratch[k]);
        else
            for (int64_t k = 0; k < c->kc; k++) runs[k] = aim(c->operand, &c->pixels, k, run.tap, run.channel);
        copy_runs(runs, 0, c->kc, length, width, out + r);
        r += length;
    }
}

// The k of a chunk whose pixels meet any tap of the columns r0..<r0 + count; returns their number.
static int64_t pick_pixels(const Chunk *c, int64_t r0, int64_t count, int16_t *picks) {
    const FidPatches *g = c->operand->patches;
    int64_t first = r0 / g->channels, last = (r0 + count - 1) / g->channels, picked = 0;
    for (int64_t k = 0; k < c->kc; k++) {
        bool inside = false;
        for (int64_t tap = first; tap <= last; tap++)
            inside |= ((uint32_t)(c->pixels.y[k] + g->dy[tap]) < (uint32_t)g->height) & ((uint32_t)(c->pixels.x[k] + g->dx[tap]) < (uint32_t)g->width);
        picks[picked] = (int16_t)k;
        picked += inside;
    }
    return picked;
}

// Packs r0..<r0 + count. The panel's columns beyond may contain anything.
static inline ALWAYS void pack_panel(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    switch (c->operand->layout) {
    case FID_ROWS: return pack_rows(c, r0, count, width, out);
    case FID_PATCH_ROWS: return pack_patch_rows(c, r0, count, width, out);
    case FID_COLUMNS:
    case FID_TAP_COLUMNS: return copy_runs(c->runs, r0, c->kc, count, width, out);
    case FID_PATCH_COLUMNS: return pack_patch_columns(c, r0, count, width, out);
    }
}

// Zeroes the unused lanes of a panel's last vector, because arbitrary values (subnormals) could slow tiles down.
static void clear_lanes(int64_t kc, int64_t count, const int width, float *out) {
    if (count % LANES == 0) return;
    for (int64_t k = 0; k < kc; k++)
        for (int64_t r = count; r % LANES != 0; r++) out[k * width + r] = 0;
}

static void open_chunk(const FidOperand *o, int64_t k0, int64_t kc, Chunk *out) {
    out->operand = o;
    out->k0 = k0;
    out->kc = kc;
    if (o->layout == FID_COLUMNS)
        for (int64_t k = 0; k < kc; k++) out->runs[k] = o->data + (k0 + k) * o->stride;
    if (o->layout == FID_TAP_COLUMNS)
        for (int64_t k = 0; k < kc; k++) {
            int64_t tap = (k0 + k) / o->tap_channels, channel = (k0 + k) % o->tap_channels;
            out->runs[k] = o->data + o->tap_offset[tap] + channel * o->stride;
        }
    if (o->layout == FID_PATCH_COLUMNS && kc > 0) locate_pixels(o->patches, k0, kc, &out->pixels);
}

// Plans prefetching of panels of `width`. Only for matrices: images are small enough to stay in a cache.
static void plan_ahead(Chunk *c, int64_t width) {
    const FidOperand *o = c->operand;
    c->ahead_count = 0;
    if (o->layout == FID_COLUMNS && width <= AHEAD_RUN) {
        c->ahead_step = 1;
        c->ahead_next = FID_PRODUCT_CHUNK * o->stride;
        for (; c->ahead_count < c->kc; c->ahead_count++) c->ahead[c->ahead_count] = c->runs[c->ahead_count];
    }
    if (o->layout == FID_ROWS) {
        c->ahead_step = o->stride;
        c->ahead_next = FID_PRODUCT_CHUNK;
        for (int64_t r = 0; r < width; r++)
            for (int64_t k = 0; k < c->kc && c->ahead_count < FID_PRODUCT_CHUNK; k += AHEAD_RUN)
                c->ahead[c->ahead_count++] = o->data + r * o->stride + c->k0 + k;
    }
}
