// Finds the updates of Adam in an elementwise program. They pass over more memory than anything else in a training step, and one loop that
// keeps a whole update in registers runs at the memory's speed. The same operations in the same order: no bit differs.
#include "elementwise_internal.h"

// A program as expressions: value i < source_count is a source, the others are instructions, with values as operands.
typedef struct {
    const FidElementwise *program;
    const FidSource *sources;
    int32_t values[FID_MAX_REGISTERS];  // the value that each register holds at the end
    FidInstruction steps[FID_MAX_ADAM * FID_ADAM_STEPS];
} Expressions;

static void read_program(Expressions *x) {
    const FidElementwise *e = x->program;
    for (int32_t i = 0; i < e->source_count; i++) x->values[e->sources[i].reg] = i;
    for (int32_t i = 0; i < e->instruction_count; i++) {
        FidInstruction *step = &x->steps[i];
        *step = e->instructions[i];
        step->a = step->a >= 0 ? x->values[step->a] : -1;
        step->b = step->b >= 0 ? x->values[step->b] : -1;
        x->values[step->dst] = e->source_count + i;
    }
}

// The instruction that makes a value, if it is this one.
static const FidInstruction *made_by(const Expressions *x, int32_t value, FidOpcode op) {
    if (value < x->program->source_count) return NULL;
    const FidInstruction *step = &x->steps[value - x->program->source_count];
    return step->op == (int32_t)op ? step : NULL;
}

static bool whole(const Expressions *x, int32_t value, float **data) {
    if (value < 0 || value >= x->program->source_count || !x->sources[value].in_place) return false;
    *data = x->sources[value].walker.data;
    return true;
}

static bool single(const Expressions *x, int32_t value, const float **data) {
    if (value < 0 || value >= x->program->source_count || x->sources[value].walker.period != 1) return false;
    *data = x->sources[value].walker.data;
    return true;
}

// value = memory * decay + term * share, where the term is the gradient or its square; without a share (NULL) where that is 1.
static bool average(const Expressions *x, int32_t value, float **memory, const float **decay, int32_t *term, const float **share) {
    const FidInstruction *sum = made_by(x, value, FID_ADD);
    const FidInstruction *kept = sum ? made_by(x, sum->a, FID_MUL) : NULL, *added = sum ? made_by(x, sum->b, FID_MUL) : NULL;
    if (!kept) return false;
    *term = added ? added->a : sum->b;
    *share = NULL;
    return whole(x, kept->a, memory) && single(x, kept->b, decay) && (!added || single(x, added->b, share));
}

// parameter - (rate * m) / (sqrt(v) + epsilon); m and v become the values of the moments.
static bool update(const Expressions *x, int32_t value, FidAdam *u, int32_t *m, int32_t *v) {
    const FidInstruction *step = made_by(x, value, FID_SUB);
    const FidInstruction *quotient = step ? made_by(x, step->b, FID_DIV) : NULL;
    const FidInstruction *length = quotient ? made_by(x, quotient->a, FID_MUL) : NULL, *sum = quotient ? made_by(x, quotient->b, FID_ADD) : NULL;
    const FidInstruction *root = sum ? made_by(x, sum->a, FID_SQRT) : NULL;
    if (!length || !root) return false;
    *m = length->b;
    *v = root->a;
    return whole(x, step->a, &u->parameter) && single(x, length->a, &u->rate) && single(x, sum->b, &u->epsilon);
}

// The value within minimum(maximum(value, low), high), if it is one of those.
static int32_t unclipped(const Expressions *x, int32_t value, FidAdam *u) {
    const FidInstruction *above = made_by(x, value, FID_MIN), *below = above ? made_by(x, above->a, FID_MAX) : NULL;
    u->low = u->high = NULL;
    return below && single(x, above->b, &u->high) && single(x, below->b, &u->low) ? below->a : value;
}

static float *stored_at(const Expressions *x, const FidSink *sinks, int32_t value) {
    for (int32_t i = 0; i < x->program->sink_count; i++)
        if (x->values[x->program->sinks[i].reg] == value && sinks[i].contiguous) return sinks[i].walker.data;
    return NULL;
}

static bool match(const Expressions *x, const FidSink *sinks, int32_t value, FidAdam *u) {
    int32_t m, v, first, square;
    float *gradient;
    if (!update(x, unclipped(x, value, u), u, &m, &v)) return false;
    if (!average(x, m, &u->m, &u->beta1, &first, &u->share1) || !average(x, v, &u->v, &u->beta2, &square, &u->share2)) return false;
    const FidInstruction *squared = made_by(x, square, FID_SQUARE);
    if (!squared || squared->a != first || !whole(x, first, &gradient) || !u->share2) return false;
    u->gradient = gradient;
    u->to_parameter = stored_at(x, sinks, value);
    u->to_m = stored_at(x, sinks, m);
    u->to_v = stored_at(x, sinks, v);
    return u->to_parameter && u->to_m && u->to_v;
}

// Whether running one update after the other shows it a new value.
static bool reads_what_is_written(const FidAdam *reader, const FidAdam *writer) {
    const float *written[] = {writer->to_parameter, writer->to_m, writer->to_v};
    for (int i = 0; i < 3; i++)
        if (reader->parameter == written[i] || reader->m == written[i] || reader->v == written[i] || reader->gradient == written[i]) return true;
    return false;
}

int32_t fid_find_adam(const FidElementwise *e, const FidSource *sources, const FidSink *sinks, FidAdam *updates) {
    int32_t count = e->sink_count / 3;
    if (count == 0 || count > FID_MAX_ADAM || e->sink_count != 3 * count || e->instruction_count > FID_ADAM_STEPS * count) return 0;
    if (e->reduction_count > 0 || e->count < FID_LANE_MULTIPLE) return 0;
    Expressions x = {.program = e, .sources = sources};
    read_program(&x);
    int32_t found = 0, steps = 0;
    for (int32_t i = 0; i < e->sink_count; i++) {
        int32_t value = x.values[e->sinks[i].reg];
        if (found == count || !match(&x, sinks, value, &updates[found])) continue;
        steps += FID_ADAM_STEPS - (updates[found].low ? 0 : 2) - (updates[found].share1 ? 0 : 1);
        found++;
    }
    if (found != count || steps != e->instruction_count) return 0;
    for (int32_t i = 0; i < count; i++)
        for (int32_t j = 0; j < i; j++)
            if (reads_what_is_written(&updates[i], &updates[j])) return 0;
    return count;
}
