import DiskProbe
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Counts how often this program makes sure that files below a folder are on the disk, and plays a full disk there. Tests run beside one
/// another: only calls on files below the folder count.
public final class WatchedDisk: Sendable {
    private let slot: Int32

    /// Nil where calls cannot be watched: without glibc, and under a sanitizer.
    public static var isAvailable: Bool { fid_disk_is_watched() }

    /// - Parameter folder: a folder that is there.
    public init(_ folder: String) {
        guard let real = unsafe realpath(folder, nil) else { preconditionFailure("there is no folder \(folder)") }
        defer { unsafe free(real) }
        slot = unsafe fid_disk_watch(real)
        precondition(slot >= 0, "more folders are watched at a time than the probe has room for")
    }

    deinit { fid_disk_release(slot) }

    /// Calls of fsync and fdatasync on files and folders below the folder so far.
    public var syncs: Int { fid_disk_syncs(slot) }

    /// From here on every write below the folder fails as on a full disk.
    public func fill() { fid_disk_fail(slot, ENOSPC) }
    /// From here on every write below the folder fails as on a disk that is broken.
    public func damage() { fid_disk_fail(slot, EIO) }
    /// From here on every write below the folder stores its bytes with one bit changed and reports success.
    public func corrupt() { fid_disk_corrupt(slot) }
    /// Room again.
    public func clear() { fid_disk_fail(slot, 0) }
}
