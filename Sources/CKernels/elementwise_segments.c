// Joins the steps of an elementwise program into segments. A segment keeps a few vectors in registers and takes them through all its steps;
// a value goes to memory only where something other than the next step reads it. The same operations on every element: no bit differs.
#include "elementwise_internal.h"

#define MAX_JOINED 128  // steps of a program that is looked at

// Who makes and who reads the values of a program, as it stands.
typedef struct {
    int32_t from[MAX_JOINED][3];  // the step that makes each operand, or -1
    int32_t readers[MAX_JOINED];  // operands, sinks and reductions that read a step's value
    int32_t maker[FID_MAX_SLOTS]; // the last step that writes each slot, or -1
} Flow;

static int operand_count(const FidStep *s) {
    switch (s->op) {
    case FID_ADD: case FID_SUB: case FID_MUL: case FID_DIV: case FID_MIN: case FID_MAX: case FID_RECTIFY:
    case FID_GREATER: case FID_GREATER_EQUAL: case FID_EQUAL: return 2;
    case FID_FMA: case FID_SELECT: return 3;
    case FID_CONSTANT: return 0;
    default: return 1;
    }
}

static void read_from(Flow *flow, int32_t slot, int32_t *from) {
    int32_t maker = flow->maker[slot];
    if (maker >= 0) flow->readers[maker]++;
    if (from) *from = maker;
}

static void follow(Flow *flow, const FidRun *run) {
    for (int32_t slot = 0; slot < FID_MAX_SLOTS; slot++) flow->maker[slot] = -1;
    for (int32_t i = 0; i < run->step_count; i++) {
        const FidStep *s = &run->steps[i];
        const int32_t slots[3] = {s->a, s->b, s->c};
        flow->readers[i] = 0;
        flow->from[i][0] = flow->from[i][1] = flow->from[i][2] = -1;
        for (int k = 0; k < operand_count(s); k++) read_from(flow, slots[k], &flow->from[i][k]);
        flow->maker[s->dst] = i;
    }
    for (int32_t i = 0; i < run->sink_count; i++) read_from(flow, run->sinks[i].slot, NULL);
    for (int32_t i = 0; i < run->program->reduction_count; i++) read_from(flow, run->reduced[i], NULL);
}

// Whether a slot holds one value for all elements.
static bool is_constant(const FidRun *run, int32_t slot) {
    if (slot >= run->source_count) return slot >= run->source_count + FID_MAX_REGISTERS;
    return run->sources[slot].walker.period == 1 && run->program->count > 1;
}

static bool made_by(const FidRun *run, const Flow *flow, int32_t step, FidOpcode op) {
    return step >= 0 && run->steps[step].op == (int32_t)op && flow->readers[step] == 1 && is_constant(run, run->steps[step].b);
}

static bool written_between(const FidRun *run, int32_t slot, int32_t after, int32_t before, int32_t but) {
    for (int32_t i = after + 1; i < before; i++)
        if (i != but && run->steps[i].dst == slot) return true;
    return false;
}

// select(sign > c, value, value * d) becomes one step, if step i is that; the two that it stands for are marked as to be left out.
static void rectify(FidRun *run, const Flow *flow, int32_t i, bool *left_out) {
    FidStep *s = &run->steps[i];
    int32_t test = flow->from[i][0], scaled = flow->from[i][2];
    if (s->op != FID_SELECT || !made_by(run, flow, test, FID_GREATER) || !made_by(run, flow, scaled, FID_MUL)) return;
    const FidStep *t = &run->steps[test], *m = &run->steps[scaled];
    if (m->a != s->b || flow->from[scaled][0] != flow->from[i][1] || written_between(run, t->a, test, i, scaled)) return;
    bool itself = t->a == s->b && flow->from[test][0] == flow->from[i][1];
    *s = (FidStep){.op = itself ? FID_RECTIFY_SELF : FID_RECTIFY, .dst = s->dst, .a = s->b, .b = t->a, .c = t->b, .d = m->b};
    left_out[test] = left_out[scaled] = true;
}

static void rectify_all(FidRun *run, Flow *flow) {
    bool left_out[MAX_JOINED] = {false};
    for (int32_t i = 0; i < run->step_count; i++) rectify(run, flow, i, left_out);
    int32_t kept = 0;
    for (int32_t i = 0; i < run->step_count; i++)
        if (!left_out[i]) run->steps[kept++] = run->steps[i];
    if (kept == run->step_count) return;
    run->step_count = kept;
    follow(flow, run);
}

// Functions that a segment holds: those of a few instructions.
static bool is_light(int32_t op) {
    switch (op) {
    case FID_COPY: case FID_ADD: case FID_SUB: case FID_MUL: case FID_DIV: case FID_MIN: case FID_MAX: case FID_NEG: case FID_ABS: case FID_SQUARE:
    case FID_SQRT: case FID_GREATER: case FID_GREATER_EQUAL: case FID_EQUAL: case FID_SELECT: case FID_RECTIFY: case FID_RECTIFY_SELF: return true;
    default: return false;
    }
}

// The same function with its operands exchanged, or -1.
static int32_t exchanged(int32_t op) {
    switch (op) {
    case FID_ADD: case FID_MUL: return op;
    case FID_SUB: return FID_SUB_FROM;
    case FID_DIV: return FID_DIV_INTO;
    default: return -1;
    }
}

// Lets step i take the value of the step before from the registers, where it is an operand.
static void join(FidRun *run, const Flow *flow, int32_t i) {
    FidStep *s = &run->steps[i], *before = &run->steps[i - 1];
    if (flow->from[i][0] == i - 1) {
        s->fresh = false;
    } else if (flow->from[i][1] == i - 1 && exchanged(s->op) >= 0) {
        *s = (FidStep){.op = exchanged(s->op), .dst = s->dst, .a = s->b, .b = s->a, .kept = true};
    }
    before->kept = s->fresh || flow->readers[i - 1] > 1;
}

// Sinks that a segment writes itself: what they overwrite is read by nobody.
static void aim_sinks(FidRun *run, const Flow *flow) {
    for (int32_t i = 0; i < run->sink_count; i++) {
        FidSink *sink = &run->sinks[i];
        int32_t maker = flow->maker[sink->slot];
        if (!sink->contiguous || sink->streamed || maker < 0 || !is_light(run->steps[maker].op) || run->steps[maker].settled) continue;
        if (!fid_is_only_written(run, sink)) continue;
        sink->direct = run->steps[maker].settled = true;
    }
}

void fid_join_steps(FidRun *run) {
    for (int32_t i = 0; i < run->sink_count; i++) run->sinks[i].direct = false;
    if (run->step_count == 0 || run->step_count > MAX_JOINED) return;
    Flow flow;
    follow(&flow, run);
    rectify_all(run, &flow);
    int32_t first = 0;
    for (int32_t i = 0; i < run->step_count; i++) {
        FidStep *s = &run->steps[i];
        s->fresh = s->kept = true;
        s->settled = false;
        s->length = 0;
        if (!is_light(s->op)) {
            first = i + 1;
            continue;
        }
        if (i > first) join(run, &flow, i);
        run->steps[first].length++;
    }
    aim_sinks(run, &flow);
}
