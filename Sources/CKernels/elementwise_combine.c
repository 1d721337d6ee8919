// The last step of reductions over more than 1024 rows: adds the sums of the chunks by the same tree. Independent of the kernel set, single-threaded.
#include "elementwise_internal.h"

#define COLUMNS 64  // processed together

static float joined(int32_t kind, float a, float b) {
    if (kind == FID_SUM) return a + b;
    return a > b || a != a ? a : b;
}

// The tree over at most 1024 rows, for a few columns of rows that are `stride` apart.
static void fold(int32_t kind, const float *rows, int64_t count, int64_t stride, int64_t columns, float *to) {
    float lanes[FID_SUM_LANES][COLUMNS];
    for (int l = 0; l < FID_SUM_LANES; l++)
        for (int64_t j = 0; j < columns; j++) lanes[l][j] = kind == FID_SUM ? 0.0f : -__builtin_inff();
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < columns; j++)
            lanes[i % FID_SUM_LANES][j] = joined(kind, lanes[i % FID_SUM_LANES][j], rows[i * stride + j]);
    for (int half = FID_SUM_LANES / 2; half >= 1; half /= 2)
        for (int l = 0; l < half; l++)
            for (int64_t j = 0; j < columns; j++) lanes[l][j] = joined(kind, lanes[l][j], lanes[l + half][j]);
    for (int64_t j = 0; j < columns; j++) to[j] = lanes[0][j] == lanes[0][j] ? lanes[0][j] : __builtin_nanf("");
}

// Folds `count` rows of partial sums into result. All levels but the last overwrite rows that have been read.
static void combine(int32_t kind, float *partial, int64_t count, int64_t inner, float *result) {
    for (;;) {
        int64_t chunks = (count + FID_SUM_CHUNK - 1) / FID_SUM_CHUNK;
        for (int64_t chunk = 0; chunk < (chunks > 1 ? chunks : 1); chunk++) {
            int64_t first = chunk * FID_SUM_CHUNK;
            int64_t rows = count - first < FID_SUM_CHUNK ? count - first : FID_SUM_CHUNK;
            float *to = chunks > 1 ? partial + chunk * inner : result;
            for (int64_t j = 0; j < inner; j += COLUMNS) {
                int64_t columns = inner - j < COLUMNS ? inner - j : COLUMNS;
                fold(kind, partial + first * inner + j, rows, inner, columns, to + j);
            }
        }
        if (chunks <= 1) return;
        count = chunks;
    }
}

void fid_combine(const FidElementwise *e) {
    int64_t chunks = fid_reduction_chunks(e);
    if (chunks == 1) return;
    for (int32_t r = 0; r < e->reduction_count; r++) {
        const FidReduction *reduction = &e->reductions[r];
        for (int64_t o = 0; o < e->outer; o++)
            combine(reduction->kind, reduction->partial + o * chunks * e->inner, chunks, e->inner, reduction->result + o * e->inner);
    }
}
