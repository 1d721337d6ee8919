// Programs for the kernels, built up by hand: what the planner and the binder make of a graph, in the plainest form. Included by driver.c.
#pragma once

// Each call adds a part and returns the slot of its value. Slots are numbered as they come: run_program moves the sources to the front.
typedef struct {
    FidElementwise e;
    FidStep steps[32];
    FidSource sources[16];
    FidSink sinks[8];
    FidReduction folds[4];
    int32_t source_slots[16], slots;
    bool joined;  // light steps side by side as segments, not each in a loop of its own
} Program;

static bool is_light(int32_t op) {
    switch (op) {
    case FID_COPY: case FID_ADD: case FID_SUB: case FID_MUL: case FID_DIV: case FID_MIN: case FID_MAX: case FID_NEG: case FID_ABS: case FID_SQUARE:
    case FID_SQRT: case FID_GREATER: case FID_GREATER_EQUAL: case FID_EQUAL: case FID_SELECT: case FID_SUB_FROM: case FID_DIV_INTO: case FID_RECTIFY:
    case FID_RECTIFY_SELF: return true;
    default: return false;
    }
}

static Program begin_program(int64_t outer, int64_t rows, int64_t inner) {
    return (Program){.e = {.count = outer * rows * inner, .outer = outer, .rows = rows, .inner = inner}};
}

// A view without axes of extent 1 and without the outer ones that only repeat it.
static FidView walked(const float *data, int32_t rank, const int64_t *extents, const int64_t *strides) {
    FidView view = {.data = (float *)data, .period = 1};
    for (int32_t d = 0; d < rank; d++) {
        if (extents[d] == 1 || (view.rank == 0 && strides[d] == 0)) continue;
        view.dims[view.rank] = extents[d];
        view.strides[view.rank++] = strides[d];
        view.period *= extents[d];
    }
    if (view.rank == 0) view.dims[view.rank++] = 1;
    return view;
}

static int32_t source_of_rank(Program *p, const float *data, int32_t rank, const int64_t *extents, const int64_t *strides) {
    FidView view = walked(data, rank, extents, strides);
    bool in_place = view.period == p->e.count && view.rank == 1 && (view.strides[0] == 1 || p->e.count == 1);
    p->source_slots[p->e.source_count] = p->slots;
    p->sources[p->e.source_count++] = (FidSource){.view = view, .in_place = in_place};
    return p->slots++;
}

static int32_t source(Program *p, const float *data, const int64_t extents[4], const int64_t strides[4]) {
    return source_of_rank(p, data, 4, extents, strides);
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

static int32_t apply(Program *p, int32_t op, int32_t a, int32_t b, int32_t c) {
    p->steps[p->e.step_count++] = (FidStep){.op = op, .dst = p->slots, .a = a, .b = b, .c = c, .d = -1, .fresh = true, .kept = true};
    return p->slots++;
}
static int32_t unary(Program *p, FidOpcode op, int32_t a) { return apply(p, (int32_t)op, a, -1, -1); }
static int32_t binary(Program *p, FidOpcode op, int32_t a, int32_t b) { return apply(p, (int32_t)op, a, b, -1); }

// A value that a step made, or another one as it is.
static void sink(Program *p, int32_t value, float *to) {
    bool computed = false;
    for (int32_t i = 0; i < p->e.step_count; i++) computed |= p->steps[i].dst == value && p->steps[i].op != FID_COPY;
    FidView view = walked(to, 1, &p->e.count, (int64_t[]){1});
    p->sinks[p->e.sink_count++] = (FidSink){.view = view, .slot = value, .contiguous = true, .computed = computed};
}

static float *fold(Program *p, FidReductionKind kind, int32_t value) {
    int64_t size = p->e.outer * p->e.inner, chunks = fid_reduction_chunks(&p->e);
    float *result = memory(size * 4);
    p->folds[p->e.reduction_count++] = (FidReduction){(int32_t)kind, value, result, chunks > 1 ? memory(size * chunks * 4) : NULL};
    return result;
}

// Sources first, in order; a slot that is not there becomes 0.
static void number_slots(Program *p) {
    int32_t place[64], next = p->e.source_count;
    for (int32_t slot = 0; slot < p->slots; slot++) place[slot] = -1;
    for (int32_t i = 0; i < p->e.source_count; i++) place[p->source_slots[i]] = i;
    for (int32_t slot = 0; slot < p->slots; slot++)
        if (place[slot] < 0) place[slot] = next++;
    for (int32_t i = 0; i < p->e.step_count; i++) {
        FidStep *s = &p->steps[i];
        int32_t *slots[] = {&s->dst, &s->a, &s->b, &s->c, &s->d};
        for (int k = 0; k < 5; k++) *slots[k] = *slots[k] < 0 ? 0 : place[*slots[k]];
    }
    for (int32_t i = 0; i < p->e.sink_count; i++) p->sinks[i].slot = place[p->sinks[i].slot];
    for (int32_t i = 0; i < p->e.reduction_count; i++) p->folds[i].slot = place[p->folds[i].slot];
    p->e.slot_count = p->slots;
}

static void run_program(Program *p) {
    number_slots(p);
    for (int32_t i = 0, first = 0; p->joined && i < p->e.step_count; i++) {
        if (!is_light(p->steps[i].op)) first = i + 1;
        else p->steps[first].length++;
    }
    p->e.tile = FID_TILE;
    p->e.steps = p->steps;
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
