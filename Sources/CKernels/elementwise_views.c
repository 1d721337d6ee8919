// Traversal of views: tiles of sources, and noncontiguous sinks.
#include <string.h>

#include "elementwise_internal.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void aim(const FidView *v, FidPosition *p, int64_t position) {
    p->next = position;
    p->offset = 0;
    for (int32_t d = v->rank - 1; d >= 0; d--) {
        p->at[d] = position % v->dims[d];
        position /= v->dims[d];
        p->offset += p->at[d] * v->strides[d];
    }
}

// Advances by `count` elements, at most to the end of the innermost run.
static void advance(const FidView *v, FidPosition *p, int64_t count) {
    int32_t d = v->rank - 1;
    p->next += count;
    p->at[d] += count;
    p->offset += count * v->strides[d];
    while (p->at[d] == v->dims[d]) {
        p->offset -= v->dims[d] * v->strides[d];
        p->at[d] = 0;
        if (d == 0) {
            p->next = 0;
            return;
        }
        d--;
        p->at[d]++;
        p->offset += v->strides[d];
    }
}

static int64_t innermost_run(const FidView *v, const FidPosition *p) { return v->dims[v->rank - 1] - p->at[v->rank - 1]; }

static void copy_run(float *to, const float *from, int64_t count, int64_t stride) {
    if (stride == 1) {
        if (count >= 16) memcpy(to, from, (size_t)count * sizeof(float));
        else for (int64_t i = 0; i < count; i++) to[i] = from[i];
    } else if (stride == 0) {
        float value = *from;
        for (int64_t i = 0; i < count; i++) to[i] = value;
    } else {
        for (int64_t i = 0; i < count; i++) to[i] = from[i * stride];
    }
}

float *fid_source_tile(const FidSource *s, FidHeld *h, int64_t start, int64_t count) {
    const FidView *v = &s->view;
    FidPosition *p = &h->position;
    bool whole = count % FID_LANE_MULTIPLE == 0;
    if (s->in_place) {
        if (whole) return v->data + start;
        memcpy(h->tile, v->data + start, (size_t)count * sizeof(float));
        return h->tile;
    }
    if (v->period == 1) {
        if (h->held == 0) copy_run(h->tile, v->data, h->held = FID_TILE, 0);
        return h->tile;
    }
    if (start >= v->period) start %= v->period;
    if (start == h->held_from && count <= h->held) return h->tile;
    if (h->stretch_from >= 0 && start >= h->stretch_from && start + count <= h->stretch_from + s->stretch && count <= h->held
        && (start - h->held_from) % s->repeat == 0) return h->tile;
    if (p->next != start) aim(v, p, start);
    int64_t run = innermost_run(v, p), stride = v->strides[v->rank - 1];
    if (whole && stride == 1 && run >= count && !s->copied) {
        float *tile = v->data + p->offset;
        advance(v, p, count);
        return tile;
    }
    for (int64_t done = 0; done < count;) {
        int64_t n = least(innermost_run(v, p), count - done);
        copy_run(h->tile + done, v->data + p->offset, n, stride);
        advance(v, p, n);
        done += n;
    }
    h->held_from = start;
    h->held = count;
    h->stretch_from = -1;
    if (s->repeat > 0 && start % s->stretch + count <= s->stretch) h->stretch_from = start - start % s->stretch;
    return h->tile;
}

void fid_scatter(const FidView *v, FidPosition *p, const float *values, int64_t start, int64_t count) {
    if (p->next != start % v->period) aim(v, p, start % v->period);
    int64_t stride = v->strides[v->rank - 1];
    for (int64_t done = 0; done < count;) {
        int64_t n = least(innermost_run(v, p), count - done);
        float *to = v->data + p->offset;
        if (stride == 1 && n >= 16) memcpy(to, values + done, (size_t)n * sizeof(float));
        else for (int64_t i = 0; i < n; i++) to[i * stride] = values[done + i];
        advance(v, p, n);
        done += n;
    }
}
