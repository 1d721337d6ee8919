// See disk_probe.h.
#define _GNU_SOURCE
#include "disk_probe.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { SLOTS = 32 };

static struct {
    bool taken;
    char folder[PATH_MAX];
    size_t length;
    long syncs;
    int failure;
    bool corrupts;
} slots[SLOTS];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
/// Slots in use, so that a program that watches nothing pays one load a call.
static atomic_int watched;

int fid_disk_watch(const char *folder) {
    int found = -1;
    pthread_mutex_lock(&guard);
    for (int slot = 0; slot < SLOTS && found < 0; slot++) {
        if (slots[slot].taken || strlen(folder) >= PATH_MAX) continue;
        memset(&slots[slot], 0, sizeof slots[slot]);
        slots[slot].taken = true;
        strcpy(slots[slot].folder, folder);
        slots[slot].length = strlen(folder);
        atomic_fetch_add(&watched, 1);
        found = slot;
    }
    pthread_mutex_unlock(&guard);
    return found;
}

long fid_disk_syncs(int slot) {
    pthread_mutex_lock(&guard);
    long syncs = slots[slot].syncs;
    pthread_mutex_unlock(&guard);
    return syncs;
}

void fid_disk_fail(int slot, int code) {
    pthread_mutex_lock(&guard);
    slots[slot].failure = code;
    pthread_mutex_unlock(&guard);
}

void fid_disk_corrupt(int slot) {
    pthread_mutex_lock(&guard);
    slots[slot].corrupts = true;
    pthread_mutex_unlock(&guard);
}

void fid_disk_release(int slot) {
    pthread_mutex_lock(&guard);
    slots[slot].taken = false;
    atomic_fetch_sub(&watched, 1);
    pthread_mutex_unlock(&guard);
}

#if defined(__GLIBC__) && !defined(SANITIZED)

#include <sys/syscall.h>
#include <unistd.h>

bool fid_disk_is_watched(void) { return true; }

enum { CORRUPTED = -1 };

/// Notes a call on a file. Returns the failure that is played for it, CORRUPTED for a write that is to store other bytes, or 0.
static int note(int file, bool is_sync) {
    if (atomic_load_explicit(&watched, memory_order_relaxed) == 0) return 0;
    int before = errno, failure = 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = 0;
        pthread_mutex_lock(&guard);
        for (int slot = 0; slot < SLOTS; slot++) {
            if (!slots[slot].taken || strncmp(path, slots[slot].folder, slots[slot].length) != 0) continue;
            if (path[slots[slot].length] != '/' && path[slots[slot].length] != 0) continue;
            if (is_sync) slots[slot].syncs++;
            if (!is_sync && slots[slot].corrupts && failure == 0) failure = CORRUPTED;
            if (!is_sync && slots[slot].failure != 0) failure = slots[slot].failure;
        }
        pthread_mutex_unlock(&guard);
    }
    errno = before;
    return failure;
}

int fsync(int file) {
    note(file, true);
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    note(file, true);
    return (int)syscall(SYS_fdatasync, file);
}

static ssize_t failed(int code) {
    errno = code;
    return -1;
}

/// Writes at an offset, or where the file stands for a negative one; the bytes that are stored differ in one bit where `corrupts`.
static ssize_t write_at(int file, const void *bytes, size_t count, off64_t offset, bool corrupts) {
    void *copy = corrupts && count > 0 ? malloc(count) : NULL;
    if (copy != NULL) {
        memcpy(copy, bytes, count);
        ((unsigned char *)copy)[count / 2] ^= 0x10;
    }
    const void *stored = copy != NULL ? copy : bytes;
    ssize_t written = offset < 0 ? syscall(SYS_write, file, stored, count) : syscall(SYS_pwrite64, file, stored, count, offset);
    int before = errno;
    free(copy);
    errno = before;
    return written;
}

ssize_t write(int file, const void *bytes, size_t count) {
    int failure = note(file, false);
    return failure > 0 ? failed(failure) : write_at(file, bytes, count, -1, failure == CORRUPTED);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    if (offset < 0) return failed(EINVAL);
    int failure = note(file, false);
    return failure > 0 ? failed(failure) : write_at(file, bytes, count, offset, failure == CORRUPTED);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return pwrite(file, bytes, count, offset); }

#else

bool fid_disk_is_watched(void) { return false; }

#endif

#if defined(__linux__)

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>

int fid_disk_cut_power(const char *folder) {
    // _IOR('X', 125, __u32) with FSOP_GOING_FLAGS_NOLOGFLUSH.
    uint32_t flags = 2;
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return errno;
    int result = ioctl(file, 0x8004587d, &flags) == 0 ? 0 : errno;
    close(file);
    return result;
}

#else

int fid_disk_cut_power(const char *folder) { return ENOTSUP; }

#endif
