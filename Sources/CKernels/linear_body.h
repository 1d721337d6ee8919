// The body of the linear algebra, included once per vector width. The including file defines
//   LINEAR(name)  the name of a function of this width
//   LANES         doubles in a register
//   TILE_ROWS, TILE_VECTORS  the register tile of a product: rows x (vectors of LANES columns)
// The tile determines which outputs are computed together, never the order in which the terms of an output are added.

#include <math.h>
#include <string.h>

#define CHUNK FID_LINEAR_CHUNK
#define BLOCK_ROWS FID_LINEAR_ROWS
#define BLOCK_COLUMNS FID_LINEAR_COLUMNS
#define TILE_COLUMNS (TILE_VECTORS * LANES)
#define CHOLESKY_ROWS 64  // rows factored before the trailing matrix is updated
#define PANEL FID_LINEAR_PANEL

typedef double Lane __attribute__((ext_vector_type(LANES), aligned(8)));
_Static_assert(BLOCK_ROWS % TILE_ROWS == 0 && BLOCK_COLUMNS % TILE_COLUMNS == 0, "whole tiles fill a block");

typedef double Eight __attribute__((ext_vector_type(8), aligned(8)));  // the lanes of a dot product, whatever the width

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t round_up(int64_t a, int64_t step) { return (a + step - 1) / step * step; }

// ---- products

// Packs rows x depth elements into slivers of `sliver` rows, column by column; missing rows are zero.
static void pack(const double *x, int64_t row, int64_t column, int64_t rows, int64_t depth, int64_t sliver, double *out) {
    for (int64_t r0 = 0; r0 < rows; r0 += sliver) {
        int64_t have = smaller(sliver, rows - r0);
        const double *from = x + r0 * row;
        for (int64_t d = 0; d < depth; d++) {
            for (int64_t r = 0; r < have; r++) out[d * sliver + r] = from[r * row + d * column];
            for (int64_t r = have; r < sliver; r++) out[d * sliver + r] = 0;
        }
        out += sliver * depth;
    }
}

// One tile: chains of fma over the chunk, added to (or subtracted from) the part of C that exists.
static void tile(const double *a, const double *b, int64_t depth, double *c, int64_t ldc, int64_t rows, int64_t columns, int negative) {
    Lane sum[TILE_ROWS][TILE_VECTORS];
    for (int r = 0; r < TILE_ROWS; r++)
        for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = (Lane)(0.0);
    for (int64_t d = 0; d < depth; d++) {
        Lane right[TILE_VECTORS];
        for (int v = 0; v < TILE_VECTORS; v++) right[v] = *(const Lane *)(b + d * TILE_COLUMNS + v * LANES);
        for (int r = 0; r < TILE_ROWS; r++) {
            Lane left = (Lane)(a[d * TILE_ROWS + r]);
            for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = __builtin_elementwise_fma(left, right[v], sum[r][v]);
        }
    }
    if (rows == TILE_ROWS && columns == TILE_COLUMNS) {
        for (int r = 0; r < TILE_ROWS; r++)
            for (int v = 0; v < TILE_VECTORS; v++) {
                Lane *to = (Lane *)(c + r * ldc + v * LANES);
                *to = negative ? *to - sum[r][v] : *to + sum[r][v];
            }
        return;
    }
    double edge[TILE_ROWS][TILE_COLUMNS];
    memcpy(edge, sum, sizeof edge);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < columns; j++) c[r * ldc + j] = negative ? c[r * ldc + j] - edge[r][j] : c[r * ldc + j] + edge[r][j];
}

// Whether a tile lies entirely outside of the required triangle.
static inline int unwanted(int32_t triangle, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    return (triangle == FID_LOWER && row + rows - 1 < column) || (triangle == FID_UPPER && column + columns - 1 < row);
}

static void block(const FidLinearProduct *p, const double *a, const double *b, int64_t depth, int64_t i0, int64_t rows, int64_t j0, int64_t columns) {
    for (int64_t j = 0; j < columns; j += TILE_COLUMNS) {
        int64_t wide = smaller(TILE_COLUMNS, columns - j);
        for (int64_t i = 0; i < rows; i += TILE_ROWS) {
            int64_t high = smaller(TILE_ROWS, rows - i);
            if (unwanted(p->triangle, i0 + i, high, j0 + j, wide)) continue;
            tile(a + i * depth, b + j * depth, depth, p->c + (i0 + i) * p->ldc + j0 + j, p->ldc, high, wide, p->negative);
        }
    }
}

static void LINEAR(product)(const FidLinearProduct *p, double *workspace) {
    double *a = workspace, *b = workspace + BLOCK_ROWS * CHUNK;
    for (int64_t j = 0; j < p->n; j += BLOCK_COLUMNS) {
        int64_t columns = smaller(BLOCK_COLUMNS, p->n - j);
        for (int64_t d = 0; d < p->k; d += CHUNK) {
            int64_t depth = smaller(CHUNK, p->k - d);
            pack(p->b + d * p->b_row + j * p->b_column, p->b_column, p->b_row, columns, depth, TILE_COLUMNS, b);
            for (int64_t i = 0; i < p->m; i += BLOCK_ROWS) {
                int64_t rows = smaller(BLOCK_ROWS, p->m - i);
                if (unwanted(p->triangle, i, rows, j, columns)) continue;
                pack(p->a + i * p->a_row + d * p->a_column, p->a_row, p->a_column, rows, depth, TILE_ROWS, a);
                block(p, a, b, depth, i, rows, j, columns);
            }
        }
    }
}

static void shared_product(const FidLinearProduct *p, double *workspace, const FidLinearTeam *team) {
    if (team) team->product(team->context, p);
    else LINEAR(product)(p, workspace);
}

// ---- vectors

// y += s * x
static inline void add_scaled(double *restrict y, const double *restrict x, double s, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = __builtin_elementwise_fma(s, x[i], y[i]);
}

static inline double fold(const Eight *v) {
    double a = (*v)[0] + (*v)[4], b = (*v)[1] + (*v)[5], c = (*v)[2] + (*v)[6], d = (*v)[3] + (*v)[7];
    return (a + c) + (b + d);
}

// Eight lanes of fma chains, lane l over indices l, l + 8, ...; then + 4, + 2, + 1.
static inline double dot(const double *x, const double *y, int64_t n) {
    Eight sum = (Eight)(0.0);
    int64_t whole = n / 8 * 8;
    for (int64_t i = 0; i < whole; i += 8) sum = __builtin_elementwise_fma(*(const Eight *)(x + i), *(const Eight *)(y + i), sum);
    if (whole < n) {
        double a[8] = {0}, b[8] = {0};
        memcpy(a, x + whole, (size_t)(n - whole) * sizeof(double));
        memcpy(b, y + whole, (size_t)(n - whole) * sizeof(double));
        sum = __builtin_elementwise_fma(*(const Eight *)a, *(const Eight *)b, sum);
    }
    return fold(&sum);
}

// ---- Cholesky

// Swaps rows and columns j < p of a symmetric matrix in its upper triangle, and the corresponding columns of finished rows.
static void exchange_symmetric(double *a, int64_t n, int64_t ld, int64_t j, int64_t p) {
    double t;
    for (int64_t k = 0; k < j; k++) t = a[k * ld + j], a[k * ld + j] = a[k * ld + p], a[k * ld + p] = t;
    t = a[j * ld + j], a[j * ld + j] = a[p * ld + p], a[p * ld + p] = t;
    for (int64_t k = j + 1; k < p; k++) t = a[j * ld + k], a[j * ld + k] = a[k * ld + p], a[k * ld + p] = t;
    for (int64_t k = p + 1; k < n; k++) t = a[j * ld + k], a[j * ld + k] = a[p * ld + k], a[p * ld + k] = t;
}

// Factors the rows of one block from j0 to `end` or until no pivot is left. done[i] accumulates the squares of column i within the block, so that
// a[i, i] - done[i] is the remaining diagonal. Returns the first row that was not factored.
static int64_t cholesky_block(double *a, int64_t n, int64_t ld, int64_t j0, int64_t end, double bound, double *done, double *scale, int64_t *order) {
    for (int64_t i = j0; i < n; i++) done[i] = 0;
    for (int64_t j = j0; j < end; j++) {
        int64_t best = j;
        for (int64_t i = j; i < n; i++)
            if (a[i * ld + i] - done[i] > a[best * ld + best] - done[best]) best = i;
        double pivot = a[best * ld + best] - done[best];
        if (!(pivot > bound)) return j;
        if (best != j) {
            exchange_symmetric(a, n, ld, j, best);
            double t = scale[j];
            int64_t o = order[j];
            done[best] = done[j], scale[j] = scale[best], scale[best] = t, order[j] = order[best], order[best] = o;
        }
        double *row = a + j * ld, root = sqrt(pivot);
        for (int64_t k = j0; k < j; k++) add_scaled(row + j + 1, a + k * ld + j + 1, -a[k * ld + j], n - j - 1);
        row[j] = root;
        for (int64_t c = j + 1; c < n; c++) {
            row[c] = row[c] / root;
            done[c] = __builtin_elementwise_fma(row[c], row[c], done[c]);
        }
    }
    return end;
}

static int64_t LINEAR(cholesky)(double *a, int64_t n, int64_t ld, double *scale, int64_t *order, double *workspace, const FidLinearTeam *team) {
    double *done = workspace + FID_LINEAR_PRODUCT_WORKSPACE;
    for (int64_t i = 0; i < n; i++) {
        order[i] = i;
        for (int64_t c = i; c < n; c++) a[i * ld + c] = a[i * ld + c] * scale[i] * scale[c];
    }
    double bound = (double)n * 0x1p-52;
    int64_t rank = 0, end = 0;
    while (rank == end && rank < n) {
        end = smaller(n, rank + CHOLESKY_ROWS);
        int64_t reached = cholesky_block(a, n, ld, rank, end, bound, done, scale, order);
        double *right = a + rank * ld + reached;
        FidLinearProduct update = {
            .m = n - reached, .n = n - reached, .k = reached - rank, .a = right, .a_row = 1, .a_column = ld, .b = right, .b_row = ld,
            .b_column = 1, .c = a + reached * ld + reached, .ldc = ld, .negative = 1, .triangle = FID_UPPER};
        shared_product(&update, workspace, team);
        rank = reached;
    }
    for (int64_t i = rank; i < n; i++)
        if (!(a[i * ld + i] >= -64 * bound)) return -1 - order[i];
    for (int64_t i = 0; i < rank; i++)
        for (int64_t c = i; c < n; c++) a[i * ld + c] = a[i * ld + c] / scale[c];
    return rank;
}

// ---- tridiagonal form

// Four rows of the strict lower triangle, columns from ... to - 1 (both multiples of 8): both halves of the product in one pass. sums has the lanes of the rows' dot
// products over the columns before.
static inline void four_rows(const double *a, int64_t ld, int64_t from, int64_t to, const double *x, const double *xr, double *y, Eight *sums) {
    Eight s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    const double *a1 = a + ld, *a2 = a1 + ld, *a3 = a2 + ld;
    for (int64_t c = from; c < to; c += 8) {
        Eight e0 = *(const Eight *)(a + c), e1 = *(const Eight *)(a1 + c), e2 = *(const Eight *)(a2 + c), e3 = *(const Eight *)(a3 + c);
        Eight v = *(const Eight *)(x + c), w = *(Eight *)(y + c);
        s0 = __builtin_elementwise_fma(e0, v, s0);
        s1 = __builtin_elementwise_fma(e1, v, s1);
        s2 = __builtin_elementwise_fma(e2, v, s2);
        s3 = __builtin_elementwise_fma(e3, v, s3);
        w = __builtin_elementwise_fma(e0, (Eight)(xr[0]), w);
        w = __builtin_elementwise_fma(e1, (Eight)(xr[1]), w);
        w = __builtin_elementwise_fma(e2, (Eight)(xr[2]), w);
        w = __builtin_elementwise_fma(e3, (Eight)(xr[3]), w);
        *(Eight *)(y + c) = w;
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

// The part of y = A x that belongs to a tile of the lower triangle of a symmetric matrix. y starts with zeros; every sum has the order of the whole: y[r] is the dot
// product of row r over ascending columns, in eight lanes that `lanes` (8 a row, zeros at first) passes from tile to tile, then the columns' terms over ascending rows.
static void LINEAR(symmetric_tile)(const FidSymmetricTile *t, const double *x, double *y, double *lanes) {
    const double *a = t->a;
    int64_t ld = t->ld;
    int isDiagonal = t->row == t->column;
    for (int64_t r0 = t->row; r0 < t->row_end; r0 += 8) {
        int64_t end = smaller(t->row_end, r0 + 8), to = isDiagonal ? r0 : t->column_end, r = r0;
        for (; r + 4 <= end; r += 4) {
            Eight *sums = (Eight *)(lanes + r * 8);
            four_rows(a + r * ld, ld, t->column, to, x, x + r, y, sums);
            for (int k = 0; isDiagonal && k < 4; k++) y[r + k] += fold(sums + k);
        }
        for (; r < end; r++) {
            Eight *sum = (Eight *)(lanes + r * 8);
            for (int64_t c = t->column; c < to; c += 8) *sum = __builtin_elementwise_fma(*(const Eight *)(a + r * ld + c), *(const Eight *)(x + c), *sum);
            if (isDiagonal) y[r] += fold(sum);
            add_scaled(y + t->column, a + r * ld + t->column, x[r], to - t->column);
        }
        for (r = r0; isDiagonal && r < end; r++) {
            for (int64_t c = r0; c < r; c++) {
                y[r] = __builtin_elementwise_fma(a[r * ld + c], x[c], y[r]);
                y[c] = __builtin_elementwise_fma(a[r * ld + c], x[r], y[c]);
            }
            y[r] = __builtin_elementwise_fma(a[r * ld + r], x[r], y[r]);
        }
    }
}

// y = A x for the leading n x n part of a symmetric matrix in its lower triangle.
static void symmetric_times(const double *a, int64_t n, int64_t ld, const double *x, double *y, double *lanes, const FidLinearTeam *team) {
    memset(y, 0, (size_t)n * sizeof(double));
    memset(lanes, 0, (size_t)n * 8 * sizeof(double));
    if (team && n >= FID_LINEAR_SHARED) {
        team->symmetric(team->context, a, n, ld, x, y, lanes);
        return;
    }
    FidSymmetricTile whole = {.a = a, .ld = ld, .row = 0, .row_end = n, .column = 0, .column_end = n};
    LINEAR(symmetric_tile)(&whole, x, y, lanes);
}

// Converts x[0 ... n - 1] to the Householder vector v (v[n - 1] = 1) that maps it to (0, ..., 0, beta); returns tau with H = 1 - tau v v^T.
static double reflector(double *x, int64_t n, double *beta) {
    double last = x[n - 1], rest = dot(x, x, n - 1);
    if (rest == 0) {
        *beta = last;
        memset(x, 0, (size_t)n * sizeof(double));
        x[n - 1] = 1;
        return 0;
    }
    double norm = sqrt(__builtin_elementwise_fma(last, last, rest));
    *beta = last > 0 ? -norm : norm;
    double scale = last - *beta;
    for (int64_t i = 0; i < n - 1; i++) x[i] = x[i] / scale;
    x[n - 1] = 1;
    return (*beta - last) / *beta;
}

// Rows are processed from the last upward, so the remainder is always a leading submatrix. The reflections of a panel are applied to a row when it is processed,
// A - sum of (v w^T + w v^T), and to the remaining matrix as one product when the panel is full.
static void LINEAR(tridiagonal)(double *a, int64_t n, int64_t ld, double *diagonal, double *beside, double *workspace, const FidLinearTeam *team) {
    int64_t wide = round_up(n, 8);
    // Two rows of vectors: [V W] and, in the other order, [W V], so that one product of depth 2 * PANEL updates the matrix.
    double *v = workspace + FID_LINEAR_PRODUCT_WORKSPACE, *w = v + PANEL * wide, *swapped = w + PANEL * wide, *lanes = swapped + 2 * PANEL * wide;
    int64_t size = n;
    while (size > 0) {
        int64_t gathered = 0;
        for (; gathered < PANEL && size - gathered > 0; gathered++) {
            int64_t i = size - 1 - gathered;
            double *row = a + i * ld, *vp = v + gathered * wide, *wp = w + gathered * wide;
            for (int64_t q = 0; q < gathered; q++) {
                add_scaled(row, w + q * wide, -v[q * wide + i], i + 1);
                add_scaled(row, v + q * wide, -w[q * wide + i], i + 1);
            }
            diagonal[i] = row[i];
            memset(vp, 0, (size_t)wide * sizeof(double));
            memset(wp, 0, (size_t)wide * sizeof(double));
            if (i == 0) continue;
            memcpy(vp, row, (size_t)i * sizeof(double));
            double tau = reflector(vp, i, &beside[i - 1]);
            if (tau == 0) {
                memset(vp, 0, (size_t)wide * sizeof(double));
                continue;
            }
            symmetric_times(a, i, ld, vp, wp, lanes, team);
            for (int64_t q = 0; q < gathered; q++) {
                double along_w = dot(w + q * wide, vp, i), along_v = dot(v + q * wide, vp, i);
                add_scaled(wp, v + q * wide, -along_w, i);
                add_scaled(wp, w + q * wide, -along_v, i);
            }
            for (int64_t c = 0; c < i; c++) wp[c] = tau * wp[c];
            add_scaled(wp, vp, -0.5 * tau * dot(wp, vp, i), i);
        }
        size -= gathered;
        if (size == 0) break;
        memcpy(swapped, w, (size_t)(PANEL * wide) * sizeof(double));
        memcpy(swapped + PANEL * wide, v, (size_t)(PANEL * wide) * sizeof(double));
        FidLinearProduct update = {
            .m = size, .n = size, .k = 2 * PANEL, .a = v, .a_row = 1, .a_column = wide, .b = swapped, .b_row = wide, .b_column = 1,
            .c = a, .ldc = ld, .negative = 1, .triangle = FID_LOWER};
        shared_product(&update, workspace, team);
    }
}

// ---- LU

static void exchange(double *x, double *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        double t = x[i];
        x[i] = y[i];
        y[i] = t;
    }
}

static int64_t LINEAR(lu)(double *a, int64_t n, int64_t ld, int64_t *pivots) {
    for (int64_t j = 0; j < n; j++) {
        int64_t best = j;
        for (int64_t i = j + 1; i < n; i++)
            if (fabs(a[i * ld + j]) > fabs(a[best * ld + j])) best = i;
        pivots[j] = best;
        if (best != j) exchange(a + j * ld, a + best * ld, n);
        double pivot = a[j * ld + j];
        if (!(fabs(pivot) > 0)) return 1 + j;
        for (int64_t i = j + 1; i < n; i++) {
            double factor = a[i * ld + j] / pivot;
            a[i * ld + j] = factor;
            add_scaled(a + i * ld + j + 1, a + j * ld + j + 1, -factor, n - j - 1);
        }
    }
    return 0;
}

static void LINEAR(lu_solve)(const double *lu, int64_t n, int64_t ld, const int64_t *pivots, double *b, int64_t columns, int64_t ldb) {
    for (int64_t i = 0; i < n; i++)
        if (pivots[i] != i) exchange(b + i * ldb, b + pivots[i] * ldb, columns);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) add_scaled(b + i * ldb, b + j * ldb, -lu[i * ld + j], columns);
    for (int64_t i = n - 1; i >= 0; i--) {
        for (int64_t j = i + 1; j < n; j++) add_scaled(b + i * ldb, b + j * ldb, -lu[i * ld + j], columns);
        for (int64_t c = 0; c < columns; c++) b[i * ldb + c] = b[i * ldb + c] / lu[i * ld + i];
    }
}

static void LINEAR(eliminate)(double *a, int64_t n, int64_t k, int64_t first, int64_t column, double divisor) {
    const double *from = a + k * n;
    for (int64_t r = first; r < n; r++) {
        if (r == k) continue;
        double *to = a + r * n;
        double factor = to[k] / divisor;
        if (column <= k) to[k] = 0;
        int64_t c = column;
        for (; c + LANES <= n; c += LANES) *(Lane *)(to + c) = *(const Lane *)(to + c) - (Lane)(factor) * *(const Lane *)(from + c);
        for (; c < n; c++) to[c] = to[c] - factor * from[c];
    }
}

// ---- means

static void LINEAR(column_sums)(const float *x, int64_t rows, int64_t columns, double *sums) {
    enum { STRIP = 32 };
    for (int64_t c0 = 0; c0 < columns; c0 += STRIP) {
        int64_t wide = smaller(STRIP, columns - c0);
        double lanes[FID_SUM_LANES][STRIP] = {{0}};
        for (int64_t r = 0; r < rows; r++)
            for (int64_t c = 0; c < wide; c++) lanes[r % FID_SUM_LANES][c] += (double)x[r * columns + c0 + c];
        for (int64_t half = FID_SUM_LANES / 2; half > 0; half /= 2)
            for (int64_t l = 0; l < half; l++)
                for (int64_t c = 0; c < wide; c++) lanes[l][c] += lanes[l + half][c];
        for (int64_t c = 0; c < wide; c++) sums[c0 + c] = lanes[0][c];
    }
}

static void LINEAR(center)(const float *x, int64_t rows, int64_t columns, const double *mean, double *y) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) y[r * columns + c] = (double)x[r * columns + c] - mean[c];
}
