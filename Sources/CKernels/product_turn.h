// Transposition in registers. Included by product_pack.h, once per vector width.

// In each group of four lanes: out[k] = lane k of q[0], q[1], q[2], q[3].
static inline ALWAYS void transpose_groups(const vec q[4], vec out[4]) {
    vec low01 = INTERLEAVE_LOW(q[0], q[1]), low23 = INTERLEAVE_LOW(q[2], q[3]);
    vec high01 = INTERLEAVE_HIGH(q[0], q[1]), high23 = INTERLEAVE_HIGH(q[2], q[3]);
    out[0] = INTERLEAVE_LOW_PAIRS(low01, low23);
    out[1] = INTERLEAVE_HIGH_PAIRS(low01, low23);
    out[2] = INTERLEAVE_LOW_PAIRS(high01, high23);
    out[3] = INTERLEAVE_HIGH_PAIRS(high01, high23);
}

// LANES k of rows first..<first + LANES; rows from `width` on yield zeros. out[k]: the rows at at + k.
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

// Transposes rows[0..<width][0..<length] into out[k * width + r]. May write LANES - 1 floats past its end: the excess over the
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
        for (int r = 0; r < width; r++) out[k * width + r] = rows[r][k];  // faster than gathers and scatters
}
