// Convolutions with so few output channels that each packed float of an image would be used for one panel only: a tile reads the windows of its pixels in place, tap by tap.
// Included by product_body.h, once per vector width.

#if LANES >= 8
#define DIRECT_ROWS (LANES == 16 ? 8 : 6)  // pixels of a tile: each has an address in a register
#else
#define DIRECT_ROWS 4
#endif
#define DIRECT_CHANNELS 12  // from which on a run is long enough

static inline bool is_direct(const Block *b) {
    return !b->transposed && !b->picks && b->left->layout == FID_PATCH_ROWS && b->left->patches->channels >= DIRECT_CHANNELS
        && b->right1 - b->right0 <= TILE_COLUMNS && b->right1 - b->right0 > LANES / 2;
}

// rows x (vectors * LANES) values over the chunk of c, which is the left operand's, for the pixels l0..<l0 + rows, each a chain of fma from +0 in ascending k.
static inline ALWAYS void direct_tile(const int rows, const int vectors, const Chunk *c, const Pixels *pixels, const float *restrict b, const Target *t) {
    const int width = vectors * LANES;
    const int64_t channels = c->operand->patches->channels;
    vec sum[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = (vec)(0);
    int64_t tap = c->k0 / channels, channel = c->k0 % channels;
    for (int64_t k = 0; k < c->kc; tap++, channel = 0) {
        int64_t length = least(channels - channel, c->kc - k);
        const float *from[DIRECT_ROWS];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) from[i] = aim(c->operand, pixels, i, tap, channel);
        for (int64_t j = 0; j < length; j++, b += width) {
            vec right[TILE_VECTORS];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) right[v] = load(b + v * LANES);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                vec left = (vec)(from[i][j]);
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sum[i][v] = FMA(left, right[v], sum[i][v]);
            }
        }
        k += length;
    }
    finish_tile(rows, vectors, sum, t);
}

#define DEFINE_DIRECT(vectors) \
    static void direct_x##vectors(int rows, const Chunk *c, const Pixels *pixels, const float *b, const Target *t) { \
        if (rows == DIRECT_ROWS) return direct_tile(DIRECT_ROWS, vectors, c, pixels, b, t); \
        switch (rows) { \
        case 1: return direct_tile(1, vectors, c, pixels, b, t); \
        case 2: return direct_tile(2, vectors, c, pixels, b, t); \
        case 3: return direct_tile(3, vectors, c, pixels, b, t); \
        default: break; \
        } \
        direct_tile(4, vectors, c, pixels, b, t); \
    }
DEFINE_DIRECT(1)
#if TILE_VECTORS > 1
DEFINE_DIRECT(2)
#endif
#if TILE_VECTORS > 2
DEFINE_DIRECT(3)
#endif

// One chunk for pixels l0..<l1 and the only panel of the right operand.
static void multiply_direct(const Block *b, int64_t l0, int64_t l1, int64_t k0, int64_t kc, float *const *rows) {
    Chunk chunk;
    int64_t columns = b->right1 - b->right0, vectors = ceiling(columns, LANES);
    open_chunk(b->right, k0, kc, &chunk);
    if (kc > 0) pack_right(&chunk, b->right0, columns, b->right_panel);
    open_chunk(b->left, k0, kc, &chunk);
    Pixels pixels;
    for (int64_t l = l0; l < l1;) {
        int64_t count = least(DIRECT_ROWS, l1 - l);
        if (count < DIRECT_ROWS) count = least(4, count);
        locate_pixels(b->left->patches, l, count, &pixels);
        Target target = {.rows = rows + (l - l0), .column = b->right0, .columns = columns, .add = k0 > 0, .minus_zero = b->minus_zero};
        if (vectors == 1) direct_x1((int)count, &chunk, &pixels, b->right_panel, &target);
#if TILE_VECTORS > 1
        else if (vectors == 2) direct_x2((int)count, &chunk, &pixels, b->right_panel, &target);
#endif
#if TILE_VECTORS > 2
        else direct_x3((int)count, &chunk, &pixels, b->right_panel, &target);
#endif
        l += count;
    }
}
