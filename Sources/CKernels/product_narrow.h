// Products too narrow for packing to pay: with few rows or columns, each element of the wide operand is used only a few times
// and is read in place; with a reduction of length 1, each output is one fma. Included by product_body.h, once per vector width.

#define NARROW_ROWS 4

// Stores `rows` x `vectors` vectors of sums, for the wide operand's columns r..<r + vectors * LANES and one chunk.
static inline ALWAYS void put_narrow(
    const Block *b, const int rows, const int vectors, bool add, int64_t l0, int64_t r, vec sum[NARROW_ROWS][8], float *const *to_rows) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        int64_t column = r + v * LANES;
        float *swapped[LANES];
        const FidOutput *c = &b->product->c;
        bool scattered = b->transposed && (rows > 1 || c->grid_width > 0 || c->stride != 1);
        if (scattered) aim_output(c, column, LANES, swapped);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            if (b->minus_zero && __builtin_reduce_or(is_minus_zero(sum[i][v]))) *b->minus_zero = true;
            if (scattered) {
                float values[LANES];
                store(values, sum[i][v]);
                for (int j = 0; j < LANES; j++) {
                    float *to = swapped[j] + l0 + i, value = add ? *to + values[j] : values[j];
                    *to = value == value ? value : __builtin_nanf("");
                }
                continue;
            }
            float *to = b->transposed ? c->data + column + l0 : to_rows[i] + column;
            store(to, settle(add ? load(to) + sum[i][v] : sum[i][v]));
        }
    }
}

// Contiguous along columns: vectors are loaded directly. left[k * TILE_ROWS + i].
static inline ALWAYS void narrow_columns(const Chunk *c, int64_t r, const float *left, const int rows, const int vectors, vec sum[NARROW_ROWS][8]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = (vec)(0);
    for (int64_t k = 0; k < c->kc; k++) {
        const float *run = c->runs[k] + r;
        vec right[8];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) right[v] = load(run + v * LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            vec factor = (vec)(left[k * TILE_ROWS + i]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[i][v] = FMA(factor, right[v], sum[i][v]);
        }
    }
}

// Contiguous along the reduction, one run per column: squares are transposed in registers. left[k * TILE_ROWS + i].
static inline ALWAYS void narrow_runs(const float *const *runs, int64_t length, const float *left, const int rows, vec sum[NARROW_ROWS][8]) {
    int64_t k = 0;
    for (; k + LANES <= length; k += LANES) {
        vec turned[LANES];
        turn_square(runs, k, 0, LANES, turned);
#pragma clang loop unroll(full)
        for (int j = 0; j < LANES; j++)
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) sum[i][0] = FMA((vec)(left[(k + j) * TILE_ROWS + i]), turned[j], sum[i][0]);
    }
    for (; k < length; k++) {
        vec right;
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) right[i] = runs[i][k];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) sum[i][0] = FMA((vec)(left[k * TILE_ROWS + i]), right, sum[i][0]);
    }
}

// Columns r..<r + LANES of a matrix or of windows.
static inline ALWAYS void narrow_rows(const Chunk *c, int64_t r, const float *left, const int rows, vec sum[NARROW_ROWS][8]) {
    const FidOperand *o = c->operand;
    const float *runs[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sum[i][0] = (vec)(0);
    if (o->layout == FID_ROWS) {
        for (int i = 0; i < LANES; i++) runs[i] = o->data + (r + i) * o->stride + c->k0;
        return narrow_runs(runs, c->kc, left, rows, sum);
    }
    Pixels pixels;
    locate_pixels(o->patches, r, LANES, &pixels);
    int64_t channels = o->patches->channels, tap = c->k0 / channels, channel = c->k0 % channels;
    for (int64_t k = 0; k < c->kc; tap++, channel = 0) {
        int64_t length = least(channels - channel, c->kc - k);
        for (int i = 0; i < LANES; i++) runs[i] = aim(o, &pixels, i, tap, channel);
        narrow_runs(runs, length, left + k * TILE_ROWS, rows, sum);
        k += length;
    }
}

// For windows of few channels, packing is faster.
static bool is_read_in_place(const FidOperand *o) {
    if (o->layout == FID_PATCH_ROWS) return o->patches->channels >= LANES;
    return o->layout != FID_PATCH_COLUMNS;
}

static inline ALWAYS int64_t narrow(const Block *b, const Chunk *c, int64_t l0, const int rows, float *const *to_rows) {
    const int vectors = rows == 1 ? 8 : rows == 2 ? 4 : 2;
    const float *left = b->left_panels;
    bool add = c->k0 > 0;
    vec sum[NARROW_ROWS][8];
    int64_t r = b->right0;
    if (c->operand->layout == FID_ROWS || c->operand->layout == FID_PATCH_ROWS) {
        for (; r + LANES <= b->right1; r += LANES) {
            narrow_rows(c, r, left, rows, sum);
            put_narrow(b, rows, 1, add, l0, r, sum, to_rows);
        }
        return r;
    }
    for (; r + vectors * LANES <= b->right1; r += vectors * LANES) {
        narrow_columns(c, r, left, rows, vectors, sum);
        put_narrow(b, rows, vectors, add, l0, r, sum, to_rows);
    }
    for (; r + LANES <= b->right1; r += LANES) {
        narrow_columns(c, r, left, rows, 1, sum);
        put_narrow(b, rows, 1, add, l0, r, sum, to_rows);
    }
    return r;
}

// One chunk of a packed left operand of at most NARROW_ROWS rows, with whole vectors of the right operand's columns.
// Returns the first remaining column.
static int64_t multiply_narrow(const Block *b, const Chunk *c, int64_t l0, int rows, float *const *to_rows) {
    if (c->kc == 0 || !is_read_in_place(c->operand)) return b->right0;
    switch (rows) {
    case 1: return narrow(b, c, l0, 1, to_rows);
    case 2: return narrow(b, c, l0, 2, to_rows);
    case 3: return narrow(b, c, l0, 3, to_rows);
    default: return narrow(b, c, l0, 4, to_rows);
    }
}

// MARK: Outer products

// The contiguous elements of an operand with a single k, or NULL if they are not contiguous.
static const float *lie_together(const FidOperand *o) {
    return o->layout == FID_COLUMNS || (o->layout == FID_ROWS && o->stride == 1) ? o->data : NULL;
}

static bool is_outer(const FidProduct *p) {
    return p->k == 1 && p->c.grid_width <= 0 && lie_together(&p->b) && (p->a.layout == FID_ROWS || p->a.layout == FID_COLUMNS);
}

static void multiply_outer(const FidProduct *p, int64_t m0, int64_t m1, int64_t n0, int64_t n1) {
    const float *b = lie_together(&p->b);
    int64_t whole = n0 + (n1 - n0) / LANES * LANES;
    float rest[LANES] = {0};
    __builtin_memcpy(rest, b + whole, (size_t)(n1 - whole) * sizeof(float));
    for (int64_t m = m0; m < m1; m++) {
        vec left = (vec)(p->a.data[p->a.layout == FID_ROWS ? m * p->a.stride : m]);
        float *to = p->c.data + m * p->c.stride;
        for (int64_t n = n0; n < whole; n += LANES) store(to + n, settle(FMA(left, load(b + n), (vec)(0))));
        if (whole == n1) continue;
        float values[LANES];
        store(values, settle(FMA(left, load(rest), (vec)(0))));
        __builtin_memcpy(to + whole, values, (size_t)(n1 - whole) * sizeof(float));
    }
}
