// Operations that are made of several programs, in the form that plans give them: pooling, resize, normalisation, softmax and its losses,
// clipping, optimisers. Included by driver.c.
#pragma once

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
    int32_t pixels = source_of_rank(&nearest, x, 6, (int64_t[]){N, H, 2, W, 2, C}, (int64_t[]){H * W * C, W * C, 0, C, 0, 1});
    sink(&nearest, unary(&nearest, FID_COPY, pixels), y);
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

// Three updates of Adam, with the parameter clipped or not, with a share of the gradient or without, in two parts.
static void adam(bool shares, bool clips) {
    enum { COUNT = 10007, PART = 4099 };
    float *p = numbers(COUNT, 37), *m = memory(COUNT * 4), *v = memory(COUNT * 4);
    const float beta1 = 0.5f, share1 = 0.5f, beta2 = 0.999f, share2 = 0.001f, rate = 1e-3f, epsilon = 1e-8f, low = -0.01f, high = 0.01f;
    for (int step = 0; step < 3; step++) {
        float *g = numbers(COUNT, (uint64_t)(38 + step));
        FidAdam update = {p, m, v, g, &beta1, shares ? &share1 : NULL, &beta2, &share2, &rate, &epsilon, clips ? &low : NULL, clips ? &high : NULL, p, m, v};
        kernels->adam(&update, 0, PART);
        kernels->adam(&update, PART, COUNT - PART);
        free(g);
    }
    char name[80];
    int length = snprintf(name, sizeof name, "adam/%s%s", shares ? "" : "without share/", clips ? "clipped/" : "");
    strcpy(name + length, "parameter");
    report(name, p, COUNT * 4);
    strcpy(name + length, "moments");
    report(name, v, COUNT * 4);
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
    add.sinks[0].streamed = true;
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
    for (int way = 0; way < 4; way++) adam(way & 1, way & 2);
    rmsprop(false);
    rmsprop(true);
    streamed();
}
