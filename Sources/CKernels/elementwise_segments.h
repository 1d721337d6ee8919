// Segments of elementwise programs: see FidStep. Included by elementwise_body.h, once per vector width.

// As many vectors as leave registers for operands.
#define SEGMENT_VECTORS (LANES == 16 ? 16 : 8)

#define EACH _Pragma("clang loop unroll(full)") for (int k = 0; k < vectors; k++)
#define AT(pointer) load((pointer) + at + k * LANES)
#define TAKES(OP, expression)                        \
    case OP:                                         \
        EACH { vec x = r[k]; r[k] = (expression); }  \
        break;

// Runs elements [at, at + vectors * LANES) through all steps.
static inline ALWAYS void run_segment_block(const FidStep *steps, int32_t length, float *const *slots, int64_t at, const int vectors) {
    vec r[SEGMENT_VECTORS];
    EACH r[k] = splat(0);
    for (int32_t i = 0; i < length; i++) {
        const FidStep *s = &steps[i];
        const float *pa = slots[s->a], *pb = slots[s->b], *pc = slots[s->c];
        if (s->fresh) EACH r[k] = AT(pa);
        switch (s->op) {
        TAKES(FID_ADD, x + AT(pb))
        TAKES(FID_SUB, x - AT(pb))
        TAKES(FID_SUB_FROM, AT(pb) - x)
        TAKES(FID_MUL, x * AT(pb))
        TAKES(FID_DIV, x / AT(pb))
        TAKES(FID_DIV_INTO, AT(pb) / x)
        TAKES(FID_MIN, smaller(x, AT(pb)))
        TAKES(FID_MAX, larger(x, AT(pb)))
        TAKES(FID_NEG, -x)
        TAKES(FID_ABS, magnitude(x))
        TAKES(FID_SQUARE, x * x)
        TAKES(FID_SQRT, square_root(x))
        TAKES(FID_GREATER, one_where(x > AT(pb)))
        TAKES(FID_GREATER_EQUAL, one_where(x >= AT(pb)))
        TAKES(FID_EQUAL, one_where(x == AT(pb)))
        TAKES(FID_SELECT, x != 0 ? AT(pb) : AT(pc))
        case FID_RECTIFY: {
            vec bound = splat(*pc), slope = splat(*slots[s->d]);
            EACH r[k] = AT(pb) > bound ? r[k] : r[k] * slope;
            break;
        }
        case FID_RECTIFY_SELF: {
            vec bound = splat(*pc), slope = splat(*slots[s->d]);
            EACH r[k] = r[k] > bound ? r[k] : r[k] * slope;
            break;
        }
        }
        if (!s->kept) continue;
        float *to = slots[s->dst] + at;
        if (s->settled) EACH store(to + k * LANES, settle(r[k]));
        else EACH store(to + k * LANES, r[k]);
    }
}

static void run_segment(const FidStep *steps, float *const *slots, int64_t count, const FidElementwise *e, int64_t next, int64_t line, int64_t end) {
    const int64_t block = SEGMENT_VECTORS * LANES, whole = count / block * block, first = line;
    for (int64_t i = 0; i < whole; i += block) {
        int64_t until = first + (end - first) * (i + block) / count;
        fetch_ahead(e, next, line, until);
        line = until;
        run_segment_block(steps, steps->length, slots, i, SEGMENT_VECTORS);
    }
    fetch_ahead(e, next, line, end);
    for (int64_t i = whole; i < count; i += LANES) run_segment_block(steps, steps->length, slots, i, 1);
}

#undef EACH
#undef AT
#undef TAKES
