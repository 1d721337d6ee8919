// Watches what the test program, SQLite included, asks of the disk below a folder, and plays a full or failing disk there.
//
// The functions below stand before the C library's own (fsync, fdatasync, write, pwrite), as Tests/AllocationCounter stands before its
// allocator: it needs no rights, no mount and no other program. Child processes are not watched.
#pragma once
#include <stdbool.h>

#pragma clang assume_nonnull begin

/// Whether calls are seen on this system (glibc, no sanitizer).
bool fid_disk_is_watched(void);

/// Begins to watch the files below a folder, given as the kernel names it (absolute, without links). Returns a slot, or -1 when all are taken.
int fid_disk_watch(const char *folder);

/// Calls of fsync and fdatasync on files and folders below the watched folder so far.
long fid_disk_syncs(int slot);

/// From here on every write below the folder fails with this `errno`; 0 lets them through again.
void fid_disk_fail(int slot, int code);

/// From here on every write below the folder stores its bytes with one bit changed, and says nothing, as a bad disk does.
void fid_disk_corrupt(int slot);

/// Ends watching.
void fid_disk_release(int slot);

/// Shuts the file system of a folder down as a power cut does (FS_IOC_SHUTDOWN of ext4 and xfs): what is not on the disk by now never gets
/// there, its journal included. Needs root. Returns 0, or the `errno`.
int fid_disk_cut_power(const char *folder);

#pragma clang assume_nonnull end
