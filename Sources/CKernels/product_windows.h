// Windows of images: addresses of the floats of a pixel's window. Included by product_pack.h, once per vector width.

// Pixels of a patch grid: the r of a panel or the k of a chunk.
typedef struct {
    int32_t y[FID_PRODUCT_CHUNK], x[FID_PRODUCT_CHUNK];  // corner in the image, without dy and dx
    int64_t at[FID_PRODUCT_CHUNK];                       // offset of the corner's first channel, in floats
} Pixels;

#define SHORT_RUN 16  // images with at most this many channels: adjacent taps are read as one run

#define OUTSIDE (-(1 << 30))  // a corner with all taps outside

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

// Start of the run of channels from `channel` on, for one pixel and one tap; outside the image, a run of zeros.
// Branch-free, because branches would be mispredicted near the edges.
static inline ALWAYS const float *aim(const FidOperand *o, const Pixels *pixels, int64_t i, int64_t tap, int64_t channel) {
    const FidPatches *g = o->patches;
    int32_t dy = g->dy[tap], dx = g->dx[tap];
    bool inside = ((uint32_t)(pixels->y[i] + dy) < (uint32_t)g->height) & ((uint32_t)(pixels->x[i] + dx) < (uint32_t)g->width);
    int64_t shift = (dy * g->width + dx) * g->channels + channel;
    uintptr_t run = (uintptr_t)o->data + (uintptr_t)((pixels->at[i] + shift) * (int64_t)sizeof(float));
    uintptr_t zeros = (uintptr_t)fid_product_zeros;
    return (const float *)(zeros + ((run - zeros) & -(uintptr_t)inside));
}

// Number of taps from `tap` on, at most `most`, that are adjacent in the image, so that their channels form one run.
static inline int64_t taps_side_by_side(const FidPatches *g, int64_t tap, int64_t most) {
    int64_t taps = 1;
    while (taps < most && g->dy[tap + taps] == g->dy[tap] && g->dx[tap + taps] == g->dx[tap] + taps) taps++;
    return taps;
}

// The same for adjacent taps: their run in the image or, at its left and right edge, a copy in `scratch` with zeros.
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

// With few channels, adjacent taps are read as one run, quad by quad, without unpredictable branches: positions left
// or right of the image are read from adjacent rows and masked.
typedef struct {
    const int32_t *from, *to;  // masks of floats that start within the image and of those that end there
} Edges;

// A run: the floats of each pixel's window from (tap, channel) on.
typedef struct {
    int64_t tap, channel, length;
} Run;

static inline bool is_same_but_for_the_row(const FidPatches *g, const Run *a, const Run *b) {
    return a->length == b->length && a->channel == b->channel && g->dx[a->tap] == g->dx[b->tap];
}

// The run from the window's float `first` on, at most `most` floats: whole quads, or empty.
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

// Whether a run of `count` pixels lies within the images' memory, including masked parts. (Pixels ascend in memory.)
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

// Start addresses of the runs, whose columns may lie outside; zeros where rows are outside.
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
