// Operations that are made of several programs, in the form that plans give them: pooling, resize, normalisation, softmax and its losses,
// clipping, optimisers. Included by driver.c.
#pragma once

// A program as it is built up: each call adds a part and returns the register that holds it.
typedef struct {
    FidElementwise e;
    FidInstruction steps[32];
    FidView sources[16], sinks[8];
    FidReduction folds[4];
    int32_t registers;
} Program;

static Program begin_program(int64_t outer, int64_t rows, int64_t inner) {
    return (Program){.e = {.count = outer * rows * inner, .outer = outer, .rows = rows, .inner = inner}};
}

// Of rank 4; extents of 1 fill up.
static int32_t source(Program *p, const float *data, const int64_t extents[4], const int64_t strides[4]) {
    FidView *view = &p->sources[p->e.source_count++];
    *view = (FidView){.data = (float *)data, .reg = p->registers, .rank = 4};
    memcpy(view->dims, extents, 4 * sizeof(int64_t));
    memcpy(view->strides, strides, 4 * sizeof(int64_t));
    return p->registers++;
}

// As long as the domain; [outer, 1, inner] or [inner] repeated over it; one number.
static int32_t all(Program *p, const float *data) {
    return source(p, data, (int64_t[]){1, 1, 1, p->e.count}, (int64_t[]){0, 0, 0, 1});
}
static int32_t each_column(Program *p, const float *data) {
    return source(p, data, (int64_t[]){1, p->e.outer, p->e.rows, p->e.inner}, (int64_t[]){0, p->e.inner, 0, 1});
}
static int32_t number(Program *p, const float *value) {
    return source(p, value, (int64_t[]){1, 1, 1, p->e.count}, (int64_t[]){0, 0, 0, 0});
}

static int32_t apply(Program *p, FidOpcode op, int32_t a, int32_t b, int32_t c) {
    p->steps[p->e.instruction_count++] = (FidInstruction){(int32_t)op, p->registers, a, b, c, 0};
    return p->registers++;
}
static int32_t unary(Program *p, FidOpcode op, int32_t a) { return apply(p, op, a, -1, -1); }
static int32_t binary(Program *p, FidOpcode op, int32_t a, int32_t b) { return apply(p, op, a, b, -1); }

static void sink(Program *p, int32_t value, float *to) { p->sinks[p->e.sink_count++] = whole(to, value, p->e.count); }

static float *fold(Program *p, FidReductionKind kind, int32_t value) {
    int64_t size = p->e.outer * p->e.inner, chunks = fid_reduction_chunks(&p->e);
    float *result = memory(size * 4);
    p->folds[p->e.reduction_count++] = (FidReduction){(int32_t)kind, value, result, chunks > 1 ? memory(size * chunks * 4) : NULL};
    return result;
}

static void run_program(Program *p) {
    p->e.instructions = p->steps;
    p->e.sources = p->sources;
    p->e.sinks = p->sinks;
    p->e.reductions = p->folds;
    if (p->e.reduction_count == 0) {
        int64_t first = p->e.count / 3 / FID_TILE * FID_TILE;
        kernels->elementwise(&p->e, 0, first, workspace);
        kernels->elementwise(&p->e, first, p->e.count - first, workspace);
        return;
    }
    int64_t items = fid_reduction_items(&p->e);
    kernels->reduce(&p->e, 0, items / 2, workspace);
    kernels->reduce(&p->e, items / 2, items, workspace);
    fid_combine(&p->e);
    for (int32_t i = 0; i < p->e.reduction_count; i++) free(p->folds[i].partial);
}

// MARK: Pooling

// x[n, input, inner] -> y[n, output, inner]: over a window of `taps` every `step`, of which `before` positions lie in front of the image.
// What lies outside counts as -infinity or, for sums, as zero.
static float *pooled_axis(const float *x, int64_t n, int64_t input, int64_t inner, int taps, int step, int before, bool maximum, int64_t *output) {
    int64_t out = (input + 2 * before - taps) / step + 1, length = (out - 1) * step + taps;
    float *padded = memory(n * length * inner * 4), *filled = memory(n * length * inner * 4), *inside = memory(length * 4);
    for (int64_t i = 0; i < input; i++)
        for (int64_t o = 0; o < n; o++)
            if (before + i < length) memcpy(padded + (o * length + before + i) * inner, x + (o * input + i) * inner, (size_t)inner * 4);
    for (int64_t i = 0; i < length; i++) inside[i] = i >= before && i < before + input;
    Program fill = begin_program(n, length, inner);
    const float outside = maximum ? -__builtin_inff() : 0;
    int32_t is_pixel = source(&fill, inside, (int64_t[]){1, n, length, inner}, (int64_t[]){0, 0, 1, 0});
    sink(&fill, apply(&fill, FID_SELECT, is_pixel, all(&fill, padded), number(&fill, &outside)), filled);
    run_program(&fill);
    float *y = memory(n * out * inner * 4);
    Program join = begin_program(n, out, inner);
    int32_t value = -1;
    for (int tap = 0; tap < taps; tap++) {
        int32_t next = source(&join, filled + tap * inner, (int64_t[]){1, n, out, inner}, (int64_t[]){0, length * inner, step * inner, 1});
        value = tap == 0 ? next : binary(&join, maximum ? FID_MAX : FID_ADD, value, next);
    }
    sink(&join, value, y);
    run_program(&join);
    free(padded);
    free(filled);
    free(inside);
    *output = out;
    return y;
}

static void pooling(int taps, int step, int before) {
    enum { N = 3, H = 11, W = 9, C = 5 };
    float *x = numbers(N * H * W * C, 30);
    x[77] = __builtin_nanf("");
    x[200] = __builtin_inff();
    for (int maximum = 0; maximum < 2; maximum++) {
        int64_t columns, rows;
        float *across = pooled_axis(x, N * H, W, C, taps, step, before, maximum, &columns);
        float *y = pooled_axis(across, N, H, columns * C, taps, step, before, maximum, &rows);
        int64_t count = N * rows * columns * C;
        const float area = (float)(taps * taps);
        Program divide = begin_program(1, 1, count);
        sink(&divide, binary(&divide, FID_DIV, all(&divide, y), number(&divide, &area)), y);
        run_program(&divide);
        char name[80];
        snprintf(name, sizeof name, "pooling/%s/%d/%d/%d", maximum ? "maximum" : "mean", taps, step, before);
        report(name, y, count * 4);
        free(across);
        free(y);
    }
    free(x);
}

// MARK: Resize

static void resize(void) {
    enum { N = 2, H = 7, W = 6, C = 3, COUNT = N * 2 * H * 2 * W * C };
    float *x = numbers(N * H * W * C, 31), *y = memory(COUNT * 4);
    Program nearest = begin_program(1, 1, COUNT);
    nearest.sources[nearest.e.source_count++] = (FidView){
        .data = x, .reg = nearest.registers++, .rank = 6, .dims = {N, H, 2, W, 2, C}, .strides = {H * W * C, W * C, 0, C, 0, 1}};
    sink(&nearest, unary(&nearest, FID_COPY, 0), y);
    run_program(&nearest);
    report("resize/nearest", y, COUNT * 4);
    // Along one axis: low + (high - low) share.
    const float shares[] = {0, 0.25f, 0.5f, 0.75f};
    Program linear = begin_program(N * H, (W - 1) * 4, C);
    const int64_t extents[4] = {N * H, W - 1, 4, C};
    int32_t low = source(&linear, x, extents, (int64_t[]){W * C, C, 0, 1}), high = source(&linear, x + C, extents, (int64_t[]){W * C, C, 0, 1});
    int32_t share = source(&linear, shares, extents, (int64_t[]){0, 0, 1, 0});
    sink(&linear, binary(&linear, FID_ADD, low, binary(&linear, FID_MUL, binary(&linear, FID_SUB, high, low), share)), y);
    run_program(&linear);
    report("resize/bilinear", y, linear.e.count * 4);
    free(x);
    free(y);
}

// MARK: Normalisation

// Over the rows: (x - mean) / sqrt(variance + epsilon), and the gradient for x.
static void normalisation(int64_t outer, int64_t rows, int64_t inner) {
    int64_t count = outer * rows * inner, size = outer * inner;
    float *x = numbers(count, 32), *g = numbers(count, 33), *y = memory(count * 4);
    const float divisor = (float)rows, epsilon = 1e-5f;
    Program sum = begin_program(outer, rows, inner);
    float *mean = fold(&sum, FID_SUM, all(&sum, x));
    run_program(&sum);
    Program to_mean = begin_program(1, 1, size);
    sink(&to_mean, binary(&to_mean, FID_DIV, all(&to_mean, mean), number(&to_mean, &divisor)), mean);
    run_program(&to_mean);
    Program squares = begin_program(outer, rows, inner);
    float *inverse = fold(&squares, FID_SUM, unary(&squares, FID_SQUARE, binary(&squares, FID_SUB, all(&squares, x), each_column(&squares, mean))));
    run_program(&squares);
    Program root = begin_program(1, 1, size);
    int32_t variance = binary(&root, FID_DIV, all(&root, inverse), number(&root, &divisor));
    sink(&root, unary(&root, FID_RSQRT, binary(&root, FID_ADD, variance, number(&root, &epsilon))), inverse);
    run_program(&root);
    Program scale = begin_program(outer, rows, inner);
    int32_t centred = binary(&scale, FID_SUB, all(&scale, x), each_column(&scale, mean));
    int32_t normalized = binary(&scale, FID_MUL, centred, each_column(&scale, inverse)), gradient = all(&scale, g);
    sink(&scale, normalized, y);
    float *bias = fold(&scale, FID_SUM, gradient), *projection = fold(&scale, FID_SUM, binary(&scale, FID_MUL, gradient, normalized));
    run_program(&scale);
    char name[80];
    int length = snprintf(name, sizeof name, "normalisation/%dx%dx%d/", (int)outer, (int)rows, (int)inner);
    strcpy(name + length, "value");
    report(name, y, count * 4);
    Program back = begin_program(outer, rows, inner);
    int32_t part = binary(&back, FID_MUL, all(&back, y), binary(&back, FID_DIV, each_column(&back, projection), number(&back, &divisor)));
    int32_t rest = binary(&back, FID_SUB, all(&back, g), binary(&back, FID_DIV, each_column(&back, bias), number(&back, &divisor)));
    sink(&back, binary(&back, FID_MUL, each_column(&back, inverse), binary(&back, FID_SUB, rest, part)), x);
    run_program(&back);
    strcpy(name + length, "gradient");
    report(name, x, count * 4);
    float *all_of_them[] = {x, g, y, mean, inverse, bias, projection};
    for (int i = 0; i < 7; i++) free(all_of_them[i]);
}

// MARK: Losses

// Of [examples, classes]: softmax, cross-entropy with soft targets, and its gradient; sigmoid cross-entropy.
static void losses(int64_t examples, int64_t classes) {
    int64_t count = examples * classes;
    float *x = numbers(count, 34), *targets = numbers(count, 35), *shifted = memory(count * 4), *y = memory(count * 4);
    Program greatest = begin_program(examples, classes, 1);
    float *most = fold(&greatest, FID_MAXIMUM, all(&greatest, x));
    run_program(&greatest);
    Program powers = begin_program(examples, classes, 1);
    int32_t shift = binary(&powers, FID_SUB, all(&powers, x), each_column(&powers, most)), power = unary(&powers, FID_EXP, shift);
    sink(&powers, shift, shifted);
    sink(&powers, power, y);
    float *sum = fold(&powers, FID_SUM, power);
    run_program(&powers);
    Program shares = begin_program(examples, classes, 1);
    sink(&shares, binary(&shares, FID_DIV, all(&shares, y), each_column(&shares, sum)), y);
    run_program(&shares);
    char name[80];
    int length = snprintf(name, sizeof name, "losses/%dx%d/", (int)examples, (int)classes);
    strcpy(name + length, "softmax");
    report(name, y, count * 4);
    Program entropy = begin_program(examples, classes, 1);
    int32_t logarithm = binary(&entropy, FID_SUB, all(&entropy, shifted), unary(&entropy, FID_LOG, each_column(&entropy, sum)));
    float *loss = fold(&entropy, FID_SUM, unary(&entropy, FID_NEG, binary(&entropy, FID_MUL, all(&entropy, targets), logarithm)));
    sink(&entropy, binary(&entropy, FID_SUB, unary(&entropy, FID_EXP, logarithm), all(&entropy, targets)), y);
    run_program(&entropy);
    strcpy(name + length, "cross-entropy");
    report(name, loss, examples * 4);
    strcpy(name + length, "gradient");
    report(name, y, count * 4);
    Program sigmoid = begin_program(1, 1, count);
    int32_t score = all(&sigmoid, x);
    sink(&sigmoid, binary(&sigmoid, FID_SUB, unary(&sigmoid, FID_SOFTPLUS, score), binary(&sigmoid, FID_MUL, score, all(&sigmoid, targets))), y);
    run_program(&sigmoid);
    strcpy(name + length, "sigmoid cross-entropy");
    report(name, y, count * 4);
    float *all_of_them[] = {x, targets, shifted, y, most, sum, loss};
    for (int i = 0; i < 7; i++) free(all_of_them[i]);
}

// MARK: Clipping and optimisers

static void clipping(void) {
    enum { COUNT = 30011 };
    float *x = patterns(COUNT, 143131), *g = numbers(COUNT, 36), *y = memory(COUNT * 4);
    const float low = -0.5f, high = 0.75f, most = 1, one = 1;
    Program value = begin_program(1, 1, COUNT);
    sink(&value, binary(&value, FID_MIN, binary(&value, FID_MAX, all(&value, x), number(&value, &low)), number(&value, &high)), y);
    run_program(&value);
    report("clipping/value", y, COUNT * 4);
    Program squares = begin_program(1, COUNT, 1);
    float *norm = fold(&squares, FID_SUM, unary(&squares, FID_SQUARE, all(&squares, g)));
    run_program(&squares);
    Program scale = begin_program(1, 1, COUNT);
    int32_t share = binary(&scale, FID_DIV, number(&scale, &most), unary(&scale, FID_SQRT, number(&scale, norm)));
    sink(&scale, binary(&scale, FID_MUL, all(&scale, g), binary(&scale, FID_MIN, number(&scale, &one), share)), y);
    run_program(&scale);
    report("clipping/norm", y, COUNT * 4);
    free(x);
    free(g);
    free(y);
    free(norm);
}

// Three updates of Adam, with the parameter clipped or not: programs that run in a loop of their own.
static void adam(bool clips) {
    enum { COUNT = 10007 };
    float *p = numbers(COUNT, 37), *m = memory(COUNT * 4), *v = memory(COUNT * 4);
    const float beta1 = 0.5f, share1 = 0.5f, beta2 = 0.999f, share2 = 0.001f, rate = 1e-3f, epsilon = 1e-8f, low = -0.01f, high = 0.01f;
    for (int step = 0; step < 3; step++) {
        float *g = numbers(COUNT, (uint64_t)(38 + step));
        Program a = begin_program(1, 1, COUNT);
        int32_t gradient = all(&a, g);
        int32_t first = binary(&a, FID_ADD, binary(&a, FID_MUL, all(&a, m), number(&a, &beta1)), binary(&a, FID_MUL, gradient, number(&a, &share1)));
        int32_t square = unary(&a, FID_SQUARE, gradient);
        int32_t second = binary(&a, FID_ADD, binary(&a, FID_MUL, all(&a, v), number(&a, &beta2)), binary(&a, FID_MUL, square, number(&a, &share2)));
        int32_t length = binary(&a, FID_MUL, number(&a, &rate), first);
        int32_t root = binary(&a, FID_ADD, unary(&a, FID_SQRT, second), number(&a, &epsilon));
        int32_t value = binary(&a, FID_SUB, all(&a, p), binary(&a, FID_DIV, length, root));
        if (clips) value = binary(&a, FID_MIN, binary(&a, FID_MAX, value, number(&a, &low)), number(&a, &high));
        sink(&a, value, p);
        sink(&a, first, m);
        sink(&a, second, v);
        run_program(&a);
        if (fid_adam_updates(&a.e, workspace) != 1) abort();
        free(g);
    }
    report(clips ? "adam/clipped/parameter" : "adam/parameter", p, COUNT * 4);
    report(clips ? "adam/clipped/moments" : "adam/moments", v, COUNT * 4);
    free(p);
    free(m);
    free(v);
}

// RMSProp with epsilon under the root or beside it, and an average that follows.
static void rmsprop(bool inside) {
    enum { COUNT = 4099 };
    float *p = numbers(COUNT, 41), *v = memory(COUNT * 4), *average = numbers(COUNT, 42), *g = numbers(COUNT, 43);
    const float decay = 0.9f, share = 0.1f, rate = 5e-5f, epsilon = 1e-6f;
    for (int step = 0; step < 3; step++) {
        Program r = begin_program(1, 1, COUNT);
        int32_t gradient = all(&r, g), square = unary(&r, FID_SQUARE, gradient), small = number(&r, &epsilon);
        int32_t kept = binary(&r, FID_MUL, all(&r, v), number(&r, &decay));
        int32_t mean = binary(&r, FID_ADD, kept, binary(&r, FID_MUL, square, number(&r, &share)));
        int32_t root = inside ? unary(&r, FID_SQRT, binary(&r, FID_ADD, mean, small)) : binary(&r, FID_ADD, unary(&r, FID_SQRT, mean), small);
        int32_t value = binary(&r, FID_SUB, all(&r, p), binary(&r, FID_DIV, binary(&r, FID_MUL, number(&r, &rate), gradient), root));
        int32_t follows = binary(&r, FID_ADD, binary(&r, FID_MUL, all(&r, average), number(&r, &decay)), binary(&r, FID_MUL, value, number(&r, &share)));
        sink(&r, value, p);
        sink(&r, mean, v);
        sink(&r, follows, average);
        run_program(&r);
    }
    report(inside ? "rmsprop/inside/parameter" : "rmsprop/beside/parameter", p, COUNT * 4);
    report(inside ? "rmsprop/inside/average" : "rmsprop/beside/average", average, COUNT * 4);
    free(p);
    free(v);
    free(average);
    free(g);
}

// A sum that is stored past the caches.
static void streamed(void) {
    const int64_t count = (1 << 23) + 5;
    float *a = numbers(count, 44), *b = numbers(count, 45), *y = memory(count * 4);
    Program add = begin_program(1, 1, count);
    sink(&add, binary(&add, FID_ADD, all(&add, a), all(&add, b)), y);
    run_program(&add);
    report("streamed", y, count * 4);
    free(a);
    free(b);
    free(y);
}

static void operations(void) {
    pooling(2, 2, 0);
    pooling(3, 2, 1);
    pooling(5, 1, 2);
    resize();
    normalisation(1, 1200, 9);
    normalisation(3, 1400, 7);
    normalisation(40, 130, 1);
    normalisation(2, 9, 600);
    losses(37, 10);
    losses(5, 1500);
    losses(200, 2);
    clipping();
    adam(false);
    adam(true);
    rmsprop(false);
    rmsprop(true);
    streamed();
}
