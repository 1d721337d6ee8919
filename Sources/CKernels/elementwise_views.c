// Walking views of memory: tiles of sources, and sinks that are not contiguous.
#include <string.h>

#include "elementwise_internal.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void aim(FidWalker *w, int64_t position) {
    w->next = position;
    w->offset = 0;
    for (int32_t d = w->rank - 1; d >= 0; d--) {
        w->at[d] = position % w->dims[d];
        position /= w->dims[d];
        w->offset += w->at[d] * w->strides[d];
    }
}

// Moves on by `count` elements, no further than the end of the innermost run.
static void advance(FidWalker *w, int64_t count) {
    int32_t d = w->rank - 1;
    w->next += count;
    w->at[d] += count;
    w->offset += count * w->strides[d];
    while (w->at[d] == w->dims[d]) {
        w->offset -= w->dims[d] * w->strides[d];
        w->at[d] = 0;
        if (d == 0) {
            w->next = 0;
            return;
        }
        d--;
        w->at[d]++;
        w->offset += w->strides[d];
    }
}

static int64_t innermost_run(const FidWalker *w) { return w->dims[w->rank - 1] - w->at[w->rank - 1]; }

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

float *fid_source_tile(FidSource *s, int64_t start, int64_t count) {
    FidWalker *w = &s->walker;
    bool whole = count % FID_LANE_MULTIPLE == 0;
    if (s->in_place) {
        if (whole) return w->data + start;
        memcpy(s->tile, w->data + start, (size_t)count * sizeof(float));
        return s->tile;
    }
    if (w->period == 1) {
        if (s->held == 0) copy_run(s->tile, w->data, s->held = FID_TILE, 0);
        return s->tile;
    }
    if (start >= w->period) start %= w->period;
    if (start == s->held_from && count <= s->held) return s->tile;
    if (s->stretch_from >= 0 && start >= s->stretch_from && start + count <= s->stretch_from + s->stretch && count <= s->held
        && (start - s->held_from) % s->repeat == 0) return s->tile;
    if (w->next != start) aim(w, start);
    int64_t run = innermost_run(w), stride = w->strides[w->rank - 1];
    if (whole && stride == 1 && run >= count && !s->copied) {
        float *tile = w->data + w->offset;
        advance(w, count);
        return tile;
    }
    for (int64_t done = 0; done < count;) {
        int64_t n = least(innermost_run(w), count - done);
        copy_run(s->tile + done, w->data + w->offset, n, stride);
        advance(w, n);
        done += n;
    }
    s->held_from = start;
    s->held = count;
    s->stretch_from = -1;
    if (s->repeat > 0 && start % s->stretch + count <= s->stretch) s->stretch_from = start - start % s->stretch;
    return s->tile;
}

void fid_scatter(FidWalker *w, const float *values, int64_t start, int64_t count) {
    if (w->next != start % w->period) aim(w, start % w->period);
    int64_t stride = w->strides[w->rank - 1];
    for (int64_t done = 0; done < count;) {
        int64_t n = least(innermost_run(w), count - done);
        float *to = w->data + w->offset;
        if (stride == 1 && n >= 16) memcpy(to, values + done, (size_t)n * sizeof(float));
        else for (int64_t i = 0; i < n; i++) to[i * stride] = values[done + i];
        advance(w, n);
        done += n;
    }
}
