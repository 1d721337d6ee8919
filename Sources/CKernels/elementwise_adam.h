// An Adam update in one loop that keeps everything in registers and runs at memory speed: optimizer updates touch more memory than any other part of
// a training step. Included by elementwise_body.h, once per vector width.

typedef struct {
    vec beta1, share1, beta2, share2, rate, epsilon, low, high;
} AdamNumbers;

static inline ALWAYS void adam_vector(const AdamNumbers *n, const bool shares, const bool clips, const float *p, const float *m, const float *v, const float *g, float *to_p, float *to_m, float *to_v) {
    vec gradient = load(g);
    vec first = load(m) * n->beta1 + (shares ? gradient * n->share1 : gradient);
    vec second = load(v) * n->beta2 + (gradient * gradient) * n->share2;
    vec parameter = load(p) - (n->rate * first) / (square_root(second) + n->epsilon);
    if (clips) parameter = smaller(larger(parameter, n->low), n->high);
    store(to_m, settle(first));
    store(to_v, settle(second));
    store(to_p, settle(parameter));
}

static inline ALWAYS void adam_range(const FidAdam *u, const bool shares, const bool clips, int64_t start, int64_t count) {
    AdamNumbers n = {splat(*u->beta1), splat(1), splat(*u->beta2), splat(*u->share2), splat(*u->rate), splat(*u->epsilon), splat(0), splat(0)};
    if (shares) n.share1 = splat(*u->share1);
    if (clips) n.low = splat(*u->low), n.high = splat(*u->high);
    int64_t i = start, end = start + count, whole = start + count / LANES * LANES;
    for (; i < whole; i += LANES)
        adam_vector(&n, shares, clips, u->parameter + i, u->m + i, u->v + i, u->gradient + i, u->to_parameter + i, u->to_m + i, u->to_v + i);
    if (i == end) return;
    float rest[4][LANES] = {{0}};
    size_t bytes = (size_t)(end - i) * sizeof(float);
    memcpy(rest[0], u->parameter + i, bytes);
    memcpy(rest[1], u->m + i, bytes);
    memcpy(rest[2], u->v + i, bytes);
    memcpy(rest[3], u->gradient + i, bytes);
    adam_vector(&n, shares, clips, rest[0], rest[1], rest[2], rest[3], rest[0], rest[1], rest[2]);
    memcpy(u->to_parameter + i, rest[0], bytes);
    memcpy(u->to_m + i, rest[1], bytes);
    memcpy(u->to_v + i, rest[2], bytes);
}

void ADAM(const FidAdam *u, int64_t start, int64_t count) {
    if (u->share1 && u->low) adam_range(u, true, true, start, count);
    else if (u->share1) adam_range(u, true, false, start, count);
    else if (u->low) adam_range(u, false, true, start, count);
    else adam_range(u, false, false, start, count);
}
