// Matrix products for one vector width; fidelio_products.h defines what is computed.
//
// The including file defines
//   LANES           floats per vector: 4, 8, or 16
//   TILE_ROWS, TILE_VECTORS  register tile: rows, and vectors of columns
//   BLOCK_ROWS      rows of A that are packed together (a multiple of TILE_ROWS; their chunk should fill a third of the second-level cache)
//   FMA(a, b, c)    exact fused multiply-add of vectors
//   PRODUCT         the public name
//
// Loop order: blocks of rows; in each, chunks of k; A's chunk is packed once; then B panel by panel, packed and used for all rows.
// A tile broadcasts its rows and holds its columns in vectors. For small n the operands swap roles; products commute, so results are bit-identical.

#define TILE_COLUMNS (TILE_VECTORS * LANES)
#define LOOSE_COLUMNS 64  // of the right operand: up to this many, packing the left one does not pay

typedef float vec __attribute__((ext_vector_type(LANES)));
typedef float loose_vec __attribute__((ext_vector_type(LANES), aligned(4)));

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline ALWAYS vec load(const float *from) { return *(const loose_vec *)from; }
static inline ALWAYS void store(float *to, vec value) { *(loose_vec *)to = value; }

// In every group of four lanes: a0 b0 a1 b1; a2 b2 a3 b3; a0 a1 b0 b1; a2 a3 b2 b3.
#if LANES == 16
#define GROUPS(a, b, i, j, k, l) \
    __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4, i + 8, j + 8, k + 8, l + 8, i + 12, j + 12, k + 12, l + 12)
#elif LANES == 8
#define GROUPS(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4)
#elif LANES == 4
#define GROUPS(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#endif
// Whole groups of a, then the corresponding groups of b.
#if LANES == 16
#define LANE_GROUPS(a, b, i, j) \
    __builtin_shufflevector(a, b, i, i + 1, i + 2, i + 3, j, j + 1, j + 2, j + 3, i + 16, i + 17, i + 18, i + 19, j + 16, j + 17, j + 18, j + 19)
#elif LANES == 8
#define LANE_GROUPS(a, b, i) __builtin_shufflevector(a, b, i, i + 1, i + 2, i + 3, i + 8, i + 9, i + 10, i + 11)
#endif
#define INTERLEAVE_LOW(a, b) GROUPS(a, b, 0, LANES, 1, LANES + 1)
#define INTERLEAVE_HIGH(a, b) GROUPS(a, b, 2, LANES + 2, 3, LANES + 3)
#define INTERLEAVE_LOW_PAIRS(a, b) GROUPS(a, b, 0, 1, LANES, LANES + 1)
#define INTERLEAVE_HIGH_PAIRS(a, b) GROUPS(a, b, 2, 3, LANES + 2, LANES + 3)

#include "product_pack.h"
#include "product_tile.h"

// The product from the tiles' perspective: the operand that is broadcast (left) and the one that fills vectors (right).
typedef struct {
    const FidProduct *product;
    const FidOperand *left, *right;
    int64_t left0, left1, right0, right1;  // the block, in left's and right's outer indices
    bool transposed;                       // left is B
    float *left_panels, *right_panel;
    bool *minus_zero;                      // set if a chunk's value is -0; NULL if not needed
    bool picks;                            // right operand's windows: positions outside the images are omitted
} Block;

static void pack_left(const Chunk *c, int64_t r0, int64_t count, float *out) { pack_panel(c, r0, count, TILE_ROWS, out); }
static inline ALWAYS void pack_vectors(const Chunk *c, int64_t r0, int64_t count, const int vectors, float *out) {
    pack_panel(c, r0, count, vectors * LANES, out);
    clear_lanes(c->kc, count, vectors * LANES, out);
}

// Packs as many vectors as the number of columns needs.
static void pack_right(const Chunk *c, int64_t r0, int64_t count, float *out) {
    if (count > (TILE_VECTORS - 1) * LANES) return pack_vectors(c, r0, count, TILE_VECTORS, out);
#if TILE_VECTORS == 3
    if (count > LANES) return pack_vectors(c, r0, count, 2, out);
#endif
#if TILE_VECTORS > 1
    pack_vectors(c, r0, count, 1, out);
#endif
}

static int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }

// The start addresses of output rows m0..<m0 + count.
static void aim_output(const FidOutput *c, int64_t m0, int64_t count, float **rows) {
    if (c->grid_width <= 0) {
        for (int64_t i = 0; i < count; i++) rows[i] = c->data + (m0 + i) * c->stride;
        return;
    }
    int64_t x = m0 % c->grid_width, rest = m0 / c->grid_width;
    int64_t y = rest % c->grid_height, image = rest / c->grid_height;
    for (int64_t i = 0; i < count; i++) {
        rows[i] = c->data + image * c->image_stride + y * c->y_stride + x * c->x_stride;
        if (++x < c->grid_width) continue;
        x = 0;
        if (++y < c->grid_height) continue;
        y = 0;
        image++;
    }
}

#include "product_narrow.h"
#include "product_direct.h"

// All tiles of one panel of the right operand. `loose`: the left operand's data, if it is not packed.
static void multiply_panel(const Block *b, const Chunk *c, int64_t l0, int64_t l1, int64_t r0, int64_t columns, const float *loose, float *const *rows) {
    int64_t next = r0 + TILE_COLUMNS, kc = c->kc, ahead = 0, step = b->left->stride, depth = kc;
    int16_t picks[FID_PRODUCT_CHUNK];
    if (b->picks) depth = pick_pixels(c, r0, columns, picks);
    int64_t shift = next < b->right1 ? next * c->ahead_step : b->right0 * c->ahead_step + c->ahead_next;
    float *swapped[TILE_COLUMNS];
    if (b->transposed) aim_output(&b->product->c, r0, columns, swapped);
    const Tile *heights = tiles[loose ? LOOSE : depth < kc ? PICKED : PACKED][ceiling(columns, LANES) - 1];
    for (int64_t l = l0; l < l1; l += TILE_ROWS) {
        Target target = {
            .rows = b->transposed ? swapped : rows + (l - l0), .column = b->transposed ? l : r0, .columns = columns,
            .add = c->k0 > 0, .transposed = b->transposed, .ahead = ahead < c->ahead_count ? c->ahead + ahead : NULL, .ahead_shift = shift,
            .after = FID_PRODUCT_CHUNK * step, .picks = picks, .minus_zero = b->minus_zero};
        ahead += FID_PRODUCT_CHUNK / 4;
        heights[least(TILE_ROWS, l1 - l) - 1](depth, loose ? loose + l : b->left_panels + (l - l0) * kc, step, b->right_panel, &target);
    }
}

// One chunk of the reduction for rows l0..<l1 of the left operand and the whole block of the right operand.
static void multiply_chunk(const Block *b, int64_t l0, int64_t l1, int64_t k0, int64_t kc, float *const *rows) {
    if (is_direct(b)) return multiply_direct(b, l0, l1, k0, kc, rows);
    Chunk chunk;
    // Packing pays if a panel is used more than once.
    bool packed = b->left->layout != FID_COLUMNS || b->right1 - b->right0 > LOOSE_COLUMNS || b->picks;
    const float *loose = packed ? NULL : b->left->data + k0 * b->left->stride;
    if (packed) {
        open_chunk(b->left, k0, kc, &chunk);
        for (int64_t l = l0; l < l1 && kc > 0; l += TILE_ROWS) pack_left(&chunk, l, least(TILE_ROWS, l1 - l), b->left_panels + (l - l0) * kc);
    }
    open_chunk(b->right, k0, kc, &chunk);
    int64_t r = b->right0;
    if (packed && l1 - l0 <= NARROW_ROWS) r = multiply_narrow(b, &chunk, l0, (int)(l1 - l0), rows);
    if (r == b->right1) return;
    plan_ahead(&chunk, TILE_COLUMNS);
    for (; r < b->right1; r += TILE_COLUMNS) {
        int64_t columns = least(TILE_COLUMNS, b->right1 - r);
        if (kc > 0) pack_right(&chunk, r, columns, b->right_panel);
        multiply_panel(b, &chunk, l0, l1, r, columns, loose, rows);
    }
}

static void multiply_block(const Block *b) {
    int64_t count = b->left1 - b->left0;
    int64_t height = ceiling(ceiling(count, ceiling(count, BLOCK_ROWS)), TILE_ROWS) * TILE_ROWS;
    for (int64_t l0 = b->left0; l0 < b->left1; l0 += height) {
        int64_t l1 = least(l0 + height, b->left1);
        float *rows[BLOCK_ROWS];
        if (!b->transposed) aim_output(&b->product->c, l0, l1 - l0, rows);
        const int64_t k = b->product->k, *ends = b->product->chunk_ends;
        int64_t k0 = 0;
        do {
            int64_t end = ends && k > 0 ? *ends++ : least(k0 + FID_PRODUCT_CHUNK, k);
            multiply_chunk(b, l0, l1, k0, end - k0, rows);
            k0 = end;
        } while (k0 < k);
    }
}

// Vector operations of a tile's inner step: at least those of four rows, because of the latency of a chain.
static int64_t tile_cost(int64_t rows, int64_t columns) {
    int64_t rest = rows % TILE_ROWS;
    return (rows - rest + (rest > 0 && rest < 4 ? 4 : rest)) * ceiling(columns, LANES);
}

static void multiply(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, float *panels, bool *minus_zero) {
    Block block = {p, &p->a, &p->b, m0, m1, n0, n1, false, panels + FID_PRODUCT_CHUNK * TILE_COLUMNS + LANES, panels, minus_zero, false};
    // Transposed tiles are stored element by element, so the gain must be clear.
    if (3 * tile_cost(n1 - n0, m1 - m0) < 2 * tile_cost(m1 - m0, n1 - n0))
        block = (Block){p, &p->b, &p->a, n0, n1, m0, m1, true, block.left_panels, block.right_panel, minus_zero, false};
    block.picks = minus_zero && block.right->layout == FID_PATCH_COLUMNS;
    multiply_block(&block);
}

void PRODUCT(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *workspace) {
    if (m0 >= m1 || n0 >= n1) return;
    if (is_outer(p)) return multiply_outer(p, m0, m1, n0, n1);
    if (!p->whole) return multiply(p, m0, m1, n0, n1, workspace, NULL);
    bool differs = !*p->finite;
    if (!differs) multiply(p, m0, m1, n0, n1, workspace, &differs);
    if (differs) multiply(p->whole, m0, m1, n0, n1, workspace, NULL);
}
