// Packing: an operand's block becomes panels that the tiles read in order. A panel holds `width` outer indices of the operand for
// every k of a chunk: panel[k * width + r]. Included by product_body.h, once for each vector width.
//
// Two kinds of layout. Where runs along k are contiguous (ROWS, PATCH_ROWS), four k of every row are read and transposed in registers.
// Where runs along r are contiguous (COLUMNS, TAP_COLUMNS, PATCH_COLUMNS), runs are copied.

// Pixels of a patch grid: the r of a panel or the k of a chunk.
typedef struct {
    int32_t y[FID_PRODUCT_CHUNK], x[FID_PRODUCT_CHUNK];  // corner in the image, before dy and dx are added
    int64_t at[FID_PRODUCT_CHUNK];                       // offset of the corner's first channel, in floats
} Pixels;

#define AHEAD_RUN 32  // two cache lines
#define SHORT_RUN 16  // images of so few channels that taps side by side are read as one run

// One chunk of an operand, ready to be packed panel by panel.
typedef struct {
    const FidOperand *operand;
    int64_t k0, kc;
    const float *runs[FID_PRODUCT_CHUNK];  // COLUMNS, TAP_COLUMNS: X[0, k0 + k]
    Pixels pixels;                         // PATCH_COLUMNS: the pixels k0 + k
    // Runs of AHEAD_RUN floats that a panel is read from, when its first r is 0; and how far they move with r and from chunk to chunk.
    const float *ahead[FID_PRODUCT_CHUNK];
    int64_t ahead_count, ahead_step, ahead_next;
} Chunk;

#define OUTSIDE (-(1 << 30))  // a corner whose taps all lie outside

static void locate_pixels(const FidPatches *g, int64_t first, int64_t count, Pixels *out) {
    int64_t x = first % g->grid_width, rest = first / g->grid_width;
    int64_t y = rest % g->grid_height, image = rest / g->grid_height;
    for (int64_t i = 0; i < count; i++) {
        int64_t top = y * g->stride_y, left = x * g->stride_x;
        out->y[i] = (int32_t)top;
        out->x[i] = (int32_t)left;
        out->at[i] = ((image * g->height + top) * g->width + left) * g->channels;
        if (++x < g->grid_width) continue;
        x = 0;
        if (++y < g->grid_height) continue;
        y = 0;
        image++;
    }
}

// Where the run of channels from `channel` on begins for one pixel under one tap; outside the image it is a run of zeros.
// Without a branch: near the edges it could not be foretold.
static inline ALWAYS const float *aim(const FidOperand *o, const Pixels *pixels, int64_t i, int64_t tap, int64_t channel) {
    const FidPatches *g = o->patches;
    int32_t dy = g->dy[tap], dx = g->dx[tap];
    bool inside = ((uint32_t)(pixels->y[i] + dy) < (uint32_t)g->height) & ((uint32_t)(pixels->x[i] + dx) < (uint32_t)g->width);
    int64_t shift = (dy * g->width + dx) * g->channels + channel;
    uintptr_t run = (uintptr_t)o->data + (uintptr_t)((pixels->at[i] + shift) * (int64_t)sizeof(float));
    uintptr_t zeros = (uintptr_t)fid_product_zeros;
    return (const float *)(zeros + ((run - zeros) & -(uintptr_t)inside));
}

// Taps from `tap` on, at most `most`, that lie side by side in the image, so that their channels make one run.
static inline int64_t taps_side_by_side(const FidPatches *g, int64_t tap, int64_t most) {
    int64_t taps = 1;
    while (taps < most && g->dy[tap + taps] == g->dy[tap] && g->dx[tap + taps] == g->dx[tap] + taps) taps++;
    return taps;
}

// The same for taps side by side: their run in the image, or, at its left and right edge, a copy in `scratch` with zeros.
static inline ALWAYS const float *aim_side_by_side(
    const FidOperand *o, const Pixels *pixels, int64_t i, int64_t tap, int64_t taps, float *scratch) {
    int64_t x = pixels->x[i] + o->patches->dx[tap], channels = o->patches->channels;
    if (x >= 0 && x + taps <= o->patches->width) return aim(o, pixels, i, tap, 0);
    for (int64_t t = 0; t < taps; t++) {
        const float *run = aim(o, pixels, i, tap + t, 0);
        for (int64_t c = 0; c < channels; c++) scratch[t * channels + c] = run[c];
    }
    return scratch;
}

typedef float quad __attribute__((ext_vector_type(4)));
typedef float loose_quad __attribute__((ext_vector_type(4), aligned(4)));
typedef int32_t mask4 __attribute__((ext_vector_type(4)));
typedef int32_t loose_mask4 __attribute__((ext_vector_type(4), aligned(4)));

// Where channels are few, taps side by side are read as one run, quad by quad, without a branch that could not be foretold: what lies left
// or right of the image is read from the rows beside it and masked.
typedef struct {
    const int32_t *from, *to;  // masks of the floats that begin within the image and of those that end there
} Edges;

// A run: which floats of each pixel's window, from (tap, channel) on.
typedef struct {
    int64_t tap, channel, length;
} Run;

static inline bool is_same_but_for_the_row(const FidPatches *g, const Run *a, const Run *b) {
    return a->length == b->length && a->channel == b->channel && g->dx[a->tap] == g->dx[b->tap];
}

// The run from the window's float `first` on, at most `most` floats: whole quads, or of length 0.
static inline Run short_run(const FidPatches *g, int64_t first, int64_t most) {
    Run run = {first / g->channels, first % g->channels, 0};
    if (most < 4 || g->channels >= SHORT_RUN) return run;
    most = least(most, SHORT_RUN);
    int64_t wanted = (run.channel + most + g->channels - 1) / g->channels;
    int64_t taps = taps_side_by_side(g, run.tap, least(wanted, g->taps - run.tap));
    run.length = least(taps * g->channels - run.channel, most) / 4 * 4;
    return run;
}

static inline int64_t run_shift(const FidPatches *g, const Run *run) {
    return (g->dy[run->tap] * g->width + g->dx[run->tap]) * g->channels + run->channel;
}

// Whether a run of `count` pixels lies within the images' memory, masked parts included. (Pixels ascend in memory.)
static inline bool lies_within(const FidPatches *g, const Pixels *pixels, int64_t count, const Run *run) {
    int64_t shift = run_shift(g, run);
    return pixels->at[0] + shift >= 0 && pixels->at[count - 1] + shift + run->length <= g->images * g->height * g->width * g->channels;
}

static inline int64_t clamped(int64_t x, int64_t most) { return x < 0 ? 0 : x < most ? x : most; }

static inline ALWAYS void find_edges(const FidPatches *g, const Pixels *pixels, int64_t count, const Run *run, Edges *edges) {
    static const int32_t window[3 * SHORT_RUN] = {[SHORT_RUN ... 2 * SHORT_RUN - 1] = -1};  // zeros, ones, zeros
    int32_t dx = g->dx[run->tap];
    for (int64_t i = 0; i < count; i++) {
        int64_t x = pixels->x[i] + dx;
        edges[i].from = window + SHORT_RUN - clamped(-x * g->channels - run->channel, run->length);
        edges[i].to = window + 2 * SHORT_RUN - clamped((g->width - x) * g->channels - run->channel, run->length);
    }
}

// Where the runs begin, whose columns may lie outside: zeros where the rows do.
static inline ALWAYS void aim_runs(const FidOperand *o, const Pixels *pixels, int64_t count, const Run *run, const float **runs) {
    const FidPatches *g = o->patches;
    int32_t dy = g->dy[run->tap];
    int64_t shift = run_shift(g, run);
    uintptr_t zeros = (uintptr_t)fid_product_zeros;
    for (int64_t i = 0; i < count; i++) {
        bool inside = (uint32_t)(pixels->y[i] + dy) < (uint32_t)g->height;
        uintptr_t at = (uintptr_t)o->data + (uintptr_t)((pixels->at[i] + shift) * (int64_t)sizeof(float));
        runs[i] = (const float *)(zeros + ((at - zeros) & -(uintptr_t)inside));
    }
}

static inline ALWAYS quad short_quad(const float *run, const Edges *edges, int64_t at) {
    mask4 from = *(const loose_mask4 *)(edges->from + at), to = *(const loose_mask4 *)(edges->to + at);
    return (quad)((mask4)(*(const loose_quad *)(run + at)) & from & to);
}

// In each group of four lanes: out[k] = lane k of q[0], q[1], q[2], q[3].
static inline ALWAYS void transpose_groups(const vec q[4], vec out[4]) {
    vec low01 = INTERLEAVE_LOW(q[0], q[1]), low23 = INTERLEAVE_LOW(q[2], q[3]);
    vec high01 = INTERLEAVE_HIGH(q[0], q[1]), high23 = INTERLEAVE_HIGH(q[2], q[3]);
    out[0] = INTERLEAVE_LOW_PAIRS(low01, low23);
    out[1] = INTERLEAVE_HIGH_PAIRS(low01, low23);
    out[2] = INTERLEAVE_LOW_PAIRS(high01, high23);
    out[3] = INTERLEAVE_HIGH_PAIRS(high01, high23);
}

// LANES k of the rows first..<first + LANES; rows from `width` on give zeros. out[k]: the rows at at + k.
static inline ALWAYS void turn_square(const float *const *rows, int64_t at, int first, const int width, vec out[LANES]) {
    vec groups[LANES / 4][4];  // [g][k]: the rows 4 g..<4 g + 4, at k, k + 4, k + 8, ...
#pragma clang loop unroll(full)
    for (int g = 0; g < LANES / 4; g++) {
        vec q[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) q[i] = first + 4 * g + i < width ? load(rows[first + 4 * g + i] + at) : (vec)(0);
        transpose_groups(q, groups[g]);
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++) {
#if LANES == 16
        vec a = LANE_GROUPS(groups[0][k], groups[1][k], 0, 4), b = LANE_GROUPS(groups[2][k], groups[3][k], 0, 4);
        vec c = LANE_GROUPS(groups[0][k], groups[1][k], 8, 12), d = LANE_GROUPS(groups[2][k], groups[3][k], 8, 12);
        out[k] = LANE_GROUPS(a, b, 0, 8);
        out[k + 4] = LANE_GROUPS(a, b, 4, 12);
        out[k + 8] = LANE_GROUPS(c, d, 0, 8);
        out[k + 12] = LANE_GROUPS(c, d, 4, 12);
#elif LANES == 8
        out[k] = LANE_GROUPS(groups[0][k], groups[1][k], 0);
        out[k + 4] = LANE_GROUPS(groups[0][k], groups[1][k], 4);
#else
        out[k] = groups[0][k];
#endif
    }
}

// to[k * width + r].
static inline ALWAYS void transpose_square(const float *const *rows, int64_t at, int first, const int width, float *to) {
    vec out[LANES];
    turn_square(rows, at, first, width, out);
#pragma clang loop unroll(full)
    for (int k = 0; k < LANES; k++) store(to + k * width, out[k]);
}

// The same for four k.
static inline ALWAYS void transpose_strip(const float *const *rows, int64_t at, int first, const int width, float *to) {
    vec q[4], out[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        float lanes[LANES] = {0};
#pragma clang loop unroll(full)
        for (int lane = 0; lane < LANES; lane += 4)
            if (first + lane + i < width) __builtin_memcpy(lanes + lane, rows[first + lane + i] + at, 4 * sizeof(float));
        q[i] = load(lanes);
    }
    transpose_groups(q, out);
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++) store(to + k * width, out[k]);
}

// Transposes rows[0..<width][0..<length] into out[k * width + r]. May write LANES - 1 floats past its end: what sticks out over the
// panel's width is overwritten by the next k. (A width over LANES is a multiple of LANES.)
static inline ALWAYS void transpose_run(const float *const *rows, int64_t length, const int width, float *out) {
    int64_t k = 0;
    for (; k + LANES <= length; k += LANES)
#pragma clang loop unroll(full)
        for (int v = 0; v < width; v += LANES) transpose_square(rows, k, v, width, out + k * width + v);
    for (; k + 4 <= length; k += 4)
#pragma clang loop unroll(full)
        for (int v = 0; v < width; v += LANES) transpose_strip(rows, k, v, width, out + k * width + v);
#pragma clang loop vectorize(disable) unroll(disable)
    for (; k < length; k++)
#pragma clang loop vectorize(disable) unroll(full)
        for (int r = 0; r < width; r++) out[k * width + r] = rows[r][k];  // gathers and scatters would be slower
}

static inline ALWAYS void pack_rows(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    const float *rows[width], *first = c->operand->data + r0 * c->operand->stride + c->k0;
    int64_t stride = c->operand->stride;
    for (int r = 0; r < width; r++) rows[r] = r < count ? first + r * stride : fid_product_zeros;
    transpose_run(rows, c->kc, width, out);
}

// Four k of one quad of short runs for every row, transposed: out[k * width + r]. A width that is no multiple of 4 overwrites the next k,
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

// Windows of few channels, several taps at a time.
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

// Packs r0..<r0 + count. Columns of the panel beyond them may hold anything.
static inline ALWAYS void pack_panel(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    switch (c->operand->layout) {
    case FID_ROWS: return pack_rows(c, r0, count, width, out);
    case FID_PATCH_ROWS: return pack_patch_rows(c, r0, count, width, out);
    case FID_COLUMNS:
    case FID_TAP_COLUMNS: return copy_runs(c->runs, r0, c->kc, count, width, out);
    case FID_PATCH_COLUMNS: return pack_patch_columns(c, r0, count, width, out);
    }
}

// Zeros in the lanes that a panel's last vector has too many, so that tiles meet no stray numbers that would be slow.
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

// Prepares to fetch panels of `width` ahead of their use. Only matrices: images are small enough to stay in a cache.
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
