// The innermost part of a product: a tile of the output that stays in registers for a whole chunk of the reduction.
// Included by product_body.h, once per vector width.

// Where a tile's values go: the first chunk stores them, later chunks add to the stored values.
typedef struct {
    float *const *rows;  // output rows of the tile; when transposed, output rows of the tile's columns
    int64_t column;      // first output column; when transposed, first output column of the tile's rows
    int64_t columns;     // columns of the tile that exist
    bool add, transposed;
    const float *const *ahead;  // what to prefetch into the second-level cache meanwhile, one run per four k; or NULL
    int64_t ahead_shift;
    int64_t after;  // for unpacked rows: offset of the next chunk's rows
    const int16_t *picks;  // for a chunk that is processed in part: the remaining k
    bool *minus_zero;  // set if a value of the chunk is -0; NULL if not needed
} Target;

typedef int32_t mask_vec __attribute__((ext_vector_type(LANES)));
static inline ALWAYS mask_vec is_minus_zero(vec x) { return (mask_vec)x == (mask_vec)(INT32_MIN); }

// Outputs contain only the canonical NaN, because the payload that an fma propagates depends on the processor.
static inline ALWAYS vec settle(vec x) { return x == x ? x : (vec)(__builtin_nanf("")); }

// A tile at an edge, or a transposed one: stored from a copy in memory, element by element.
static void put_loose(const float *values, int rows, const Target *t) {
    for (int i = 0; i < rows; i++)
#pragma clang loop vectorize(disable)
        for (int64_t j = 0; j < t->columns; j++) {
            float *to = t->transposed ? t->rows[j] + t->column + i : t->rows[i] + t->column + j;
            float value = values[i * TILE_COLUMNS + j];
            if (t->add) value = *to + value;
            *to = value == value ? value : __builtin_nanf("");
        }
}

// A whole tile. Destinations are read first, because the compiler cannot know that the tile does not overwrite them.
static inline ALWAYS void put_tile(const int rows, const int vectors, const bool add, vec sum[TILE_ROWS][TILE_VECTORS], const Target *t) {
    float *to[TILE_ROWS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) to[i] = t->rows[i] + t->column;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            float *at = to[i] + v * LANES;
            store(at, settle(add ? load(at) + sum[i][v] : sum[i][v]));
        }
}

// One k of a tile.
static inline ALWAYS void advance(const int rows, const int vectors, const float *a, const float *b, vec sum[TILE_ROWS][TILE_VECTORS]) {
    vec right[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) right[v] = load(b + v * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        vec left = (vec)(a[i]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = FMA(left, right[v], sum[i][v]);
    }
}

static inline ALWAYS void look_for_minus_zero(const int rows, const int vectors, vec sum[TILE_ROWS][TILE_VECTORS], bool *found) {
    mask_vec any = 0;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) any |= is_minus_zero(sum[i][v]);
    if (__builtin_reduce_or(any)) *found = true;
}

// Looks at a tile's values, and stores them.
static inline ALWAYS void finish_tile(const int rows, const int vectors, vec sum[TILE_ROWS][TILE_VECTORS], const Target *t) {
    if (t->minus_zero) look_for_minus_zero(rows, vectors, sum, t->minus_zero);
    if (t->columns == vectors * LANES && !t->transposed) {
        if (t->add) put_tile(rows, vectors, true, sum, t);
        else put_tile(rows, vectors, false, sum, t);
        return;
    }
    float values[TILE_ROWS * TILE_COLUMNS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store(values + i * TILE_COLUMNS + v * LANES, sum[i][v]);
    put_loose(values, rows, t);
}

// Layout of the left operand's rows: in a panel (step = TILE_ROWS); in place in memory, `step` apart, with those `after` further on
// prefetched meanwhile; or in a panel of which, as of the right one, some k are selected.
typedef enum { PACKED, LOOSE, PICKED } Rows;

// rows x (vectors * LANES) values over kc: a[k * step + i], b[k * vectors * LANES + j], each a chain of fma from +0 in ascending k.
static inline ALWAYS void tile(
    const int rows, const int vectors, const Rows kind, int64_t kc, const float *restrict a, int64_t a_step, const float *restrict b,
    const Target *t) {
    const int width = vectors * LANES;
    const int64_t step = kind == LOOSE ? a_step : TILE_ROWS;
    vec sum[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = (vec)(0);
    int64_t k = 0;
    if (kind == PICKED) {
#pragma clang loop unroll_count(2)
        for (; k < kc; k++) advance(rows, vectors, a + t->picks[k] * step, b + t->picks[k] * width, sum);
    }
    for (const float *const *ahead = kind == PACKED ? t->ahead : NULL; k + 4 <= kc; k += 4, a += 4 * step, b += 4 * width) {
        if (kind == PACKED && ahead) {
            __builtin_prefetch(*ahead + t->ahead_shift, 0, 2);
            __builtin_prefetch(*ahead++ + t->ahead_shift + AHEAD_RUN / 2, 0, 2);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) {
            if (kind == LOOSE) __builtin_prefetch(a + i * step + t->after, 0, 2);
            advance(rows, vectors, a + i * step, b + i * width, sum);
        }
    }
    for (; k < kc; k++, a += step, b += width) advance(rows, vectors, a, b, sum);
    finish_tile(rows, vectors, sum, t);
}

// One function per height and width of a tile and kind of rows.
typedef void (*Tile)(int64_t kc, const float *a, int64_t step, const float *b, const Target *t);
#define DEFINE_TILE(rows, vectors) \
    static void tile_##rows##x##vectors(int64_t kc, const float *a, int64_t step, const float *b, const Target *t) { \
        tile(rows, vectors, PACKED, kc, a, step, b, t); \
    } \
    static void loose_##rows##x##vectors(int64_t kc, const float *a, int64_t step, const float *b, const Target *t) { \
        tile(rows, vectors, LOOSE, kc, a, step, b, t); \
    } \
    static void picked_##rows##x##vectors(int64_t kc, const float *a, int64_t step, const float *b, const Target *t) { \
        tile(rows, vectors, PICKED, kc, a, step, b, t); \
    }
#if TILE_ROWS == 12
#define FOR_EACH_HEIGHT(X, v) X(1, v) X(2, v) X(3, v) X(4, v) X(5, v) X(6, v) X(7, v) X(8, v) X(9, v) X(10, v) X(11, v) X(12, v)
#elif TILE_ROWS == 8
#define FOR_EACH_HEIGHT(X, v) X(1, v) X(2, v) X(3, v) X(4, v) X(5, v) X(6, v) X(7, v) X(8, v)
#elif TILE_ROWS == 6
#define FOR_EACH_HEIGHT(X, v) X(1, v) X(2, v) X(3, v) X(4, v) X(5, v) X(6, v)
#elif TILE_ROWS == 4
#define FOR_EACH_HEIGHT(X, v) X(1, v) X(2, v) X(3, v) X(4, v)
#endif
#if TILE_VECTORS == 3
#define FOR_EACH_WIDTH(X) X(1) X(2) X(3)
#elif TILE_VECTORS == 2
#define FOR_EACH_WIDTH(X) X(1) X(2)
#elif TILE_VECTORS == 1
#define FOR_EACH_WIDTH(X) X(1)
#endif
#define NAME_TILE(rows, vectors) tile_##rows##x##vectors,
#define NAME_LOOSE(rows, vectors) loose_##rows##x##vectors,
#define NAME_PICKED(rows, vectors) picked_##rows##x##vectors,
#define DEFINE_TILES(vectors) FOR_EACH_HEIGHT(DEFINE_TILE, vectors)
#define LIST_TILES(vectors) {FOR_EACH_HEIGHT(NAME_TILE, vectors)},
#define LIST_LOOSE(vectors) {FOR_EACH_HEIGHT(NAME_LOOSE, vectors)},
#define LIST_PICKED(vectors) {FOR_EACH_HEIGHT(NAME_PICKED, vectors)},
FOR_EACH_WIDTH(DEFINE_TILES)
static const Tile tiles[3][TILE_VECTORS][TILE_ROWS] = {
    [PACKED] = {FOR_EACH_WIDTH(LIST_TILES)}, [LOOSE] = {FOR_EACH_WIDTH(LIST_LOOSE)}, [PICKED] = {FOR_EACH_WIDTH(LIST_PICKED)}};
