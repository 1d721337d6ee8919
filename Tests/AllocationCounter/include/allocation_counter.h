// Counts what chosen threads of this process ask of the allocator and of the system for memory. For tests: linked into a program, these
// definitions stand before the C library's, so that the Swift runtime and every library call them.
#pragma once

#include <stdbool.h>

// Whether this program is built to count. Not under a sanitizer, which has an allocator of its own, nor without glibc.
bool fid_counts_allocations(void);

// From here on what the calling thread allocates is counted, or no longer.
void fid_count_this_thread(bool on);

// malloc, calloc, realloc, the aligned kinds and mmap, of all threads that are counted, since the program's start.
long fid_allocations(void);
