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

// Where the run of channels from `channel` on begins for each pixel under a tap; outside the image it is a run of zeros.
static inline ALWAYS void aim_pixels(
    const FidOperand *o, const Pixels *pixels, int64_t count, int64_t tap, int64_t channel, const float **out) {
    const FidPatches *g = o->patches;
    uint32_t dy = (uint32_t)g->dy[tap], dx = (uint32_t)g->dx[tap];
    uint32_t height = (uint32_t)g->height, width = (uint32_t)g->width;
    int64_t shift = (g->dy[tap] * g->width + g->dx[tap]) * g->channels + channel;
    uintptr_t data = (uintptr_t)o->data, zeros = (uintptr_t)fid_product_zeros;
    for (int64_t i = 0; i < count; i++) {
        bool inside = ((uint32_t)pixels->y[i] + dy < height) & ((uint32_t)pixels->x[i] + dx < width);
        uintptr_t run = data + (uintptr_t)((pixels->at[i] + shift) * (int64_t)sizeof(float));
        out[i] = (const float *)(inside ? run : zeros);
    }
}

// Four neighbours from LANES / 4 rows: rows first, first + 4, ... ; rows from `width` on give zeros.
static inline ALWAYS vec load_quads(const float *const *rows, int64_t at, int first, const int width) {
    float lanes[LANES];
#pragma clang loop unroll(full)
    for (int lane = 0; lane < LANES; lane += 4) {
        if (first + lane < width) __builtin_memcpy(lanes + lane, rows[first + lane] + at, 4 * sizeof(float));
        else __builtin_memset(lanes + lane, 0, 4 * sizeof(float));
    }
    return load(lanes);
}

// Transposes rows[0..<width][0..<length] into out[k * width + r]. May write LANES - 1 floats past its end.
static inline ALWAYS void transpose_run(const float *const *rows, int64_t length, const int width, float *out) {
    int64_t k = 0;
    for (; k + 4 <= length; k += 4) {
        float *to = out + k * width;
        // From the last vector back, since one that sticks out over the panel's width spoils the beginning of the next k.
#pragma clang loop unroll(full)
        for (int v = (width - 1) / LANES * LANES; v >= 0; v -= LANES) {
            vec q0 = load_quads(rows, k, v, width), q1 = load_quads(rows, k, v + 1, width);
            vec q2 = load_quads(rows, k, v + 2, width), q3 = load_quads(rows, k, v + 3, width);
            vec low01 = INTERLEAVE_LOW(q0, q1), low23 = INTERLEAVE_LOW(q2, q3);
            vec high01 = INTERLEAVE_HIGH(q0, q1), high23 = INTERLEAVE_HIGH(q2, q3);
            store(to + v, INTERLEAVE_LOW_PAIRS(low01, low23));
            store(to + v + width, INTERLEAVE_HIGH_PAIRS(low01, low23));
            store(to + v + 2 * width, INTERLEAVE_LOW_PAIRS(high01, high23));
            store(to + v + 3 * width, INTERLEAVE_HIGH_PAIRS(high01, high23));
        }
    }
    for (; k < length; k++)
        for (int r = 0; r < width; r++) out[k * width + r] = rows[r][k];
}

static inline ALWAYS void pack_rows(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    const FidOperand *o = c->operand;
    const float *rows[width];
    for (int r = 0; r < width; r++) rows[r] = r < count ? o->data + (r0 + r) * o->stride + c->k0 : fid_product_zeros;
    transpose_run(rows, c->kc, width, out);
}

static inline ALWAYS void pack_patch_rows(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    const float *rows[width];
    Pixels pixels;
    locate_pixels(c->operand->patches, r0, count, &pixels);
    for (int r = 0; r < width; r++) rows[r] = fid_product_zeros;
    int64_t channels = c->operand->patches->channels, tap = c->k0 / channels, channel = c->k0 % channels;
    for (int64_t k = 0; k < c->kc; tap++, channel = 0) {
        int64_t length = channels - channel < c->kc - k ? channels - channel : c->kc - k;
        aim_pixels(c->operand, &pixels, count, tap, channel, rows);
        transpose_run(rows, length, width, out + k * width);
        k += length;
    }
}

// Copies `length` floats from `shift` on of each run to the panel's columns from `at` on.
static inline ALWAYS void copy_runs(
    const float *const *runs, int64_t shift, int64_t kc, int64_t at, int64_t length, const int width, float *out) {
    if (length == width) {
        for (int64_t k = 0; k < kc; k++) __builtin_memcpy(out + k * width, runs[k] + shift, (size_t)width * sizeof(float));
        return;
    }
    for (int64_t k = 0; k < kc; k++)
        for (int64_t r = 0; r < length; r++) out[k * width + at + r] = runs[k][shift + r];
}

static inline ALWAYS void pack_patch_columns(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    const float *runs[FID_PRODUCT_CHUNK];
    int64_t channels = c->operand->patches->channels, tap = r0 / channels, channel = r0 % channels;
    for (int64_t r = 0; r < count; tap++, channel = 0) {
        int64_t length = channels - channel < count - r ? channels - channel : count - r;
        aim_pixels(c->operand, &c->pixels, c->kc, tap, channel, runs);
        copy_runs(runs, 0, c->kc, r, length, width, out);
        r += length;
    }
}

// Packs r0..<r0 + count, with zeros up to the panel's width.
static inline ALWAYS void pack_panel(const Chunk *c, int64_t r0, int64_t count, const int width, float *out) {
    switch (c->operand->layout) {
    case FID_ROWS: return pack_rows(c, r0, count, width, out);
    case FID_PATCH_ROWS: return pack_patch_rows(c, r0, count, width, out);
    case FID_COLUMNS:
    case FID_TAP_COLUMNS: copy_runs(c->runs, r0, c->kc, 0, count, width, out); break;
    case FID_PATCH_COLUMNS: pack_patch_columns(c, r0, count, width, out); break;
    }
    for (int64_t k = 0; k < c->kc && count < width; k++)
        for (int64_t r = count; r < width; r++) out[k * width + r] = 0;
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
