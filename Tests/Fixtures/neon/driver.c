// Runs every kernel of one set over fixed inputs and prints one line "name digest" for each case (FNV-1a, 64 bits, of the results' bytes).
//   driver scalar|avx2|avx512|neon       exit status 3 where this processor (or build) has not got the set
// Built by Tests/long/neon.sh for this machine and, cross-compiled, for 64-bit Arm: all sets print the same lines.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fidelio_kernels.h"
#include "fidelio_linear.h"

static const FidKernels *kernels;
static void *workspace;

// MARK: Numbers in, digests out

static uint64_t state;

static uint64_t next_word(void) {  // SplitMix64
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void *memory(int64_t bytes) {
    void *block = aligned_alloc(64, (size_t)(bytes / 64 + 1) * 64);
    if (!block) abort();
    memset(block, 0, (size_t)(bytes / 64 + 1) * 64);
    return block;
}

// Numbers of about [-2, 2], reproducible without any function of the C library.
static float *numbers(int64_t count, uint64_t seed) {
    float *values = memory(count * 4);
    state = seed;
    for (int64_t i = 0; i < count; i++) values[i] = (float)(int32_t)(next_word() >> 32) * 0x1p-30f;
    return values;
}

// Every 4-byte pattern in turn has its chance: zeros, subnormals, infinities and NaN among them.
static float *patterns(int64_t count, uint32_t step) {
    float *values = memory(count * 4);
    uint32_t bits = 0;
    for (int64_t i = 0; i < count; i++, bits += step) memcpy(values + i, &bits, 4);
    const uint32_t special[] = {0, 0x80000000, 1, 0x80000001, 0x7f800000, 0xff800000, 0x7fc00000, 0x3f800000, 0x7f7fffff, 0x00800000};
    memcpy(values, special, sizeof special);
    return values;
}

static void report(const char *name, const void *bytes, int64_t count) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (int64_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    printf("%s %016llx\n", name, (unsigned long long)hash);
}

// MARK: Products

static void run_product(const char *name, FidProduct *p, int64_t result) {
    float *c = memory(result * 4);
    p->c.data = c;
    if (p->whole) ((FidProduct *)p->whole)->c.data = c;  // it writes where its part does
    int64_t rows, columns;
    fid_product_blocks(kernels, p, 3, &rows, &columns);
    for (int64_t m = 0; m < p->m; m += rows)
        for (int64_t n = 0; n < p->n; n += columns)
            kernels->product(p, m, m + rows < p->m ? m + rows : p->m, n, n + columns < p->n ? n + columns : p->n, workspace);
    report(name, c, result * 4);
    free(c);
}

static void matrices(int64_t m, int64_t n, int64_t k) {
    float *a = numbers(m * k, 1), *b = numbers(n * k, 2);
    for (int way = 0; way < 4; way++) {
        FidProduct p = {.m = m, .n = n, .k = k};
        p.a = way & 1 ? (FidOperand){.layout = FID_COLUMNS, .data = a, .stride = m} : (FidOperand){.layout = FID_ROWS, .data = a, .stride = k};
        p.b = way & 2 ? (FidOperand){.layout = FID_COLUMNS, .data = b, .stride = n} : (FidOperand){.layout = FID_ROWS, .data = b, .stride = k};
        p.c.stride = n;
        char name[80];
        snprintf(name, sizeof name, "matrices/%dx%dx%d/%d", (int)m, (int)n, (int)k, way);
        run_product(name, &p, m * n);
    }
    free(a);
    free(b);
}

// The topmost pixels of a convolution, without the kernel rows above the image; of numbers so small that padding shows too.
static void top_edge(const char *name, const FidPatches *all, const float *x, const float *w, int64_t out, int64_t side, int64_t pad, float scale) {
    int64_t in = all->channels, inner = all->taps * in, first = pad * side * in, count = 0, ends[FID_MAX_TAPS];
    int64_t x_count = all->images * all->height * all->width * in, pixels = all->images * all->grid_width;
    float *small_x = memory(x_count * 4), *small_w = memory(out * inner * 4);
    for (int64_t i = 0; i < x_count; i++) small_x[i] = x[i] * scale;
    for (int64_t i = 0; i < out * inner; i++) small_w[i] = w[i] * scale;
    for (int64_t end = (first / FID_PRODUCT_CHUNK + 1) * FID_PRODUCT_CHUNK; end < inner; end += FID_PRODUCT_CHUNK) ends[count++] = end - first;
    ends[count] = inner - first;
    FidPatches top = *all, kept = *all;
    top.grid_height = kept.grid_height = 1;
    kept.taps -= pad * side;
    kept.dy += pad * side;
    kept.dx += pad * side;
    FidProduct whole = {.m = pixels, .n = out, .k = inner};
    whole.a = (FidOperand){.layout = FID_PATCH_ROWS, .data = small_x, .patches = &top};
    whole.b = (FidOperand){.layout = FID_ROWS, .data = small_w, .stride = inner};
    whole.c.stride = out;
    bool finite = fid_operand_is_finite(&whole.b, out, inner);
    FidProduct part = whole;
    part.k = inner - first;
    part.a.patches = &kept;
    part.b.data += first;
    part.chunk_ends = ends;
    part.whole = &whole;
    part.finite = &finite;
    run_product(name, &part, pixels * out);
    free(small_x);
    free(small_w);
}

// A convolution, its gradient for the weights, and one like its gradient for the input (taps of a kernel in memory order).
static void convolutions(int64_t images, int64_t size, int64_t in, int64_t out, int64_t side, int64_t stride, int64_t pad) {
    int64_t grid = (size + 2 * pad - side) / stride + 1, taps = side * side, pixels = images * grid * grid, inner = taps * in;
    int32_t dy[FID_MAX_TAPS], dx[FID_MAX_TAPS];
    int64_t offset[FID_MAX_TAPS];
    for (int64_t t = 0; t < taps; t++) {
        dy[t] = (int32_t)(t / side - pad);
        dx[t] = (int32_t)(t % side - pad);
        offset[t] = t * out;
    }
    FidPatches windows = {images, size, size, in, grid, grid, stride, stride, taps, dy, dx};
    float *x = numbers(images * size * size * in, 3), *w = numbers(out * inner, 4), *g = numbers(pixels * out, 5);
    FidOperand patches = {.layout = FID_PATCH_ROWS, .data = x, .patches = &windows};
    char name[80];
    int length = snprintf(name, sizeof name, "images/%dx%dx%d->%d/%d/%d/%d/", (int)images, (int)size, (int)in, (int)out, (int)side, (int)stride, (int)pad);
    FidProduct forward = {.m = pixels, .n = out, .k = inner, .a = patches, .b = {.layout = FID_ROWS, .data = w, .stride = inner}};
    forward.c.stride = out;
    strcpy(name + length, "forward");
    run_product(name, &forward, pixels * out);
    FidProduct weights = {.m = out, .n = inner, .k = pixels, .a = {.layout = FID_COLUMNS, .data = g, .stride = out}, .b = patches};
    weights.b.layout = FID_PATCH_COLUMNS;
    weights.c.stride = inner;
    strcpy(name + length, "weights");
    run_product(name, &weights, out * inner);
    if (in >= 16) {
        FidProduct whole = weights;
        bool finite = fid_operand_is_finite(&weights.a, out, pixels);
        weights.whole = &whole;
        weights.finite = &finite;
        strcpy(name + length, "weights without padding");
        run_product(name, &weights, out * inner);
    }
    // w as [in, taps, out]: k = tap * in + c, result into every second pixel of a wider grid.
    FidProduct taps_first = {.m = pixels, .n = out, .k = inner, .a = patches};
    taps_first.b = (FidOperand){.layout = FID_TAP_COLUMNS, .data = w, .stride = taps * out, .tap_offset = offset, .tap_channels = in};
    taps_first.c = (FidOutput){.grid_height = grid, .grid_width = grid, .image_stride = 4 * grid * grid * out, .y_stride = 4 * grid * out, .x_stride = 2 * out};
    strcpy(name + length, "taps");
    run_product(name, &taps_first, 4 * pixels * out);
    if (in >= 16) {
        strcpy(name + length, "edge");
        top_edge(name, &windows, x, w, out, side, pad, 1);
        strcpy(name + length, "vanishing");
        top_edge(name, &windows, x, w, out, side, pad, 0x1p-76f);
    }
    free(x);
    free(w);
    free(g);
}

static void products(void) {
    matrices(1, 1, 1);
    matrices(37, 29, 300);
    matrices(60, 128, 1030);
    matrices(130, 65, 17);
    matrices(1, 150, 261);  // too narrow for packing to pay
    matrices(83, 2, 270);
    matrices(3, 77, 300);
    matrices(70, 4, 258);
    matrices(37, 45, 1);
    convolutions(3, 9, 1, 5, 4, 2, 1);
    convolutions(2, 8, 20, 33, 4, 2, 1);
    convolutions(2, 7, 3, 8, 5, 1, 2);
    convolutions(5, 14, 1, 40, 4, 2, 1);
    convolutions(4, 12, 3, 64, 4, 2, 1);
    convolutions(2, 9, 2, 3, 5, 1, 2);
    convolutions(2, 9, 40, 1, 4, 1, 1);
    convolutions(1, 11, 17, 6, 3, 3, 0);
}

// MARK: Elementwise

static const char *const opcode_names[] = {
    "copy", "add", "sub", "mul", "div", "min", "max", "neg", "abs", "square", "sqrt", "rsqrt", "reciprocal", "sign", "exp",
    "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "sin", "cos", "greater", "greater_equal", "equal", "select", "floor", "round", "sub_from", "div_into",
    "rectify", "rectify_self",
};

#include "programs.h"

// Each function in a loop of its own, and those of few instructions as a segment too.
static void elementwise(void) {
    const int64_t count = 1 << 20;
    const float bound = 0.25f, slope = -0.75f;
    float *a = patterns(count, 4099), *b = numbers(count, 6), *c = numbers(count, 7), *y = memory(count * 4);
    for (int32_t op = FID_COPY; op <= FID_RECTIFY_SELF; op++)
        for (int joined = 0; joined <= is_light(op); joined++) {
            bool rectifies = op == FID_RECTIFY || op == FID_RECTIFY_SELF;
            Program p = begin_program(1, 1, count);
            int32_t first = all(&p, a), second = all(&p, b), third = rectifies ? number(&p, &bound) : all(&p, c);
            int32_t value = apply(&p, op, first, second, third);
            if (rectifies) p.steps[0].d = number(&p, &slope);
            sink(&p, value, y);
            p.joined = joined;
            run_program(&p);
            char name[80];
            snprintf(name, sizeof name, "elementwise/%s%s", opcode_names[op], joined ? ", joined" : "");
            report(name, y, count * 4);
        }
    free(a);
    free(b);
    free(c);
    free(y);
}

static void views(void) {  // y[i, j, k] = x[k, i] * s[j], stored as [j, i, k]
    enum { I = 13, J = 7, K = 45 };
    float *x = numbers(I * K, 8), *s = numbers(J, 9), *y = memory(I * J * K * 4);
    Program p = begin_program(1, 1, I * J * K);
    const int64_t extents[4] = {1, I, J, K};
    int32_t product = binary(&p, FID_MUL, source(&p, x, extents, (int64_t[]){0, 1, 0, I}), source(&p, s, extents, (int64_t[]){0, 0, 1, 0}));
    sink(&p, product, y);
    p.sinks[0].view = walked(y, 4, extents, (int64_t[]){0, K, I * K, 1});
    p.sinks[0].contiguous = false;
    run_program(&p);
    report("elementwise/views", y, p.e.count * 4);
    free(x);
    free(s);
    free(y);
}

static void reductions(void) {
    static const int64_t geometries[][3] = {{1, 5000, 1}, {3, 1500, 7}, {40, 33, 1}, {2, 9, 100}, {1, 70000, 1}, {1, 1, 40}, {1, 1100, 130}, {2, 1030, 600}};
    for (size_t g = 0; g < sizeof geometries / sizeof *geometries; g++) {
        int64_t outer = geometries[g][0], rows = geometries[g][1], inner = geometries[g][2], count = outer * rows * inner;
        float *x = numbers(count, 10 + g);
        Program p = begin_program(outer, rows, inner);
        int32_t value = all(&p, x);
        float *sum = fold(&p, FID_SUM, unary(&p, FID_SQUARE, value)), *maximum = fold(&p, FID_MAXIMUM, value);
        run_program(&p);
        char name[80];
        snprintf(name, sizeof name, "reduce/%dx%dx%d", (int)outer, (int)rows, (int)inner);
        report(name, sum, outer * inner * 4);
        report(name, maximum, outer * inner * 4);
        free(x);
        free(sum);
        free(maximum);
    }
}

#include "operations.h"

// MARK: Random numbers

static void randoms(void) {
    static const char *const names[] = {"uniform", "normal", "truncated_normal", "bits"};
    const int64_t count = 300001;
    float *values = memory(count * 4);
    for (int32_t distribution = FID_UNIFORM; distribution <= FID_BITS; distribution++) {
        FidRandom random = {0x0123456789abcdef, 77, distribution, 0.25f, 1.5f};
        kernels->random(&random, 0, 1003, values);
        kernels->random(&random, 1003, count - 1003, values + 1003);
        char name[80];
        snprintf(name, sizeof name, "random/%s", names[distribution]);
        report(name, values, count * 4);
    }
    free(values);
}

// MARK: Linear algebra in double precision

static double *doubles(int64_t count, uint64_t seed) {
    double *values = memory(count * 8);
    state = seed;
    for (int64_t i = 0; i < count; i++) values[i] = (double)(int64_t)next_word() * 0x1p-63;
    return values;
}

static void linear(const FidLinear *l) {
    enum { N = 150, M = 310 };
    double *work = memory(fid_linear_workspace(N) * 8), *x = doubles(M * N, 20), *gram = memory(N * N * 8), *copy = memory(N * N * 8);
    FidLinearProduct p = {.m = N, .n = N, .k = M, .a = x, .a_row = 1, .a_column = N, .b = x, .b_row = N, .b_column = 1, .c = gram, .ldc = N};
    l->product(&p, work);
    report("linear/product", gram, N * N * 8);
    FidLinearProduct less = p;
    less.c = copy;
    less.negative = 1;
    less.triangle = FID_UPPER;
    memcpy(copy, x, N * N * 8);
    l->product(&less, work);
    for (int64_t i = 0; i < N; i += 29) report("linear/product less, upper", copy + i * N + i, (N - i) * 8);
    double scale[N], diagonal[N], beside[N];
    int64_t order[N], pivots[N];
    for (int64_t i = 0; i < N; i++) scale[i] = 0x1p-7;
    memcpy(copy, gram, N * N * 8);
    int64_t rank = l->cholesky(copy, N, N, scale, order, work, 0);
    report("linear/cholesky order", order, sizeof order);
    for (int64_t i = 0; i < rank; i += 1 + (N / 3)) report("linear/cholesky row", copy + i * N + i, (N - i) * 8);
    memcpy(copy, gram, N * N * 8);
    for (int64_t i = 0; i < N * N; i++) copy[i] *= 0x1p-8;
    l->tridiagonal(copy, N, N, diagonal, beside, work, 0);
    report("linear/tridiagonal", diagonal, sizeof diagonal);
    report("linear/tridiagonal beside", beside, (N - 1) * 8);
    fid_tridiagonal_eigenvalues(diagonal, beside, N);
    report("linear/eigenvalues", diagonal, sizeof diagonal);
    memcpy(copy, gram, N * N * 8);
    l->lu(copy, N, N, pivots);
    report("linear/lu", copy, N * N * 8);
    double *right = doubles(N * 5, 21);
    l->lu_solve(copy, N, N, pivots, right, 5, 5);
    report("linear/solve", right, N * 5 * 8);
    float *rows = numbers(1000 * 37, 22);
    double sums[37], *centered = memory(1000 * 37 * 8);
    l->column_sums(rows, 1000, 37, sums);
    report("linear/column sums", sums, sizeof sums);
    l->center(rows, 1000, 37, sums, centered);
    report("linear/center", centered, 1000 * 37 * 8);
}

int main(int count, char **arguments) {
    static const char *const names[] = {"scalar", "avx2", "avx512", "neon"};
    for (int set = 0; count == 2 && set < 4; set++) {
        if (strcmp(arguments[1], names[set])) continue;
        kernels = fid_kernels((FidKernelSet)set);
        const FidLinear *l = fid_linear((FidKernelSet)set);
        if (!kernels || !l) return 3;
        workspace = memory(kernels->product_workspace > 1 << 20 ? kernels->product_workspace : 1 << 20);
        products();
        elementwise();
        views();
        reductions();
        operations();
        randoms();
        linear(l);
        return 0;
    }
    fprintf(stderr, "usage: driver scalar|avx2|avx512|neon\n");
    return 64;
}
