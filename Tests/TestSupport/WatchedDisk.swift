import DiskProbe
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Counts synchronizations of files below a folder, and simulates disk faults there. Tests run concurrently,
/// so only calls on files below the folder count.
public final class WatchedDisk: Sendable {
    private let slot: Int32

    /// Nil if calls cannot be intercepted: without glibc, and under a sanitizer.
    public static var isAvailable: Bool { fid_disk_is_watched() }

    /// - Parameter folder: an existing folder
    public init(_ folder: String) {
        guard let real = unsafe realpath(folder, nil) else { preconditionFailure("there is no folder \(folder)") }
        defer { unsafe free(real) }
        slot = unsafe fid_disk_watch(real)
        precondition(slot >= 0, "more folders are watched at a time than the probe has room for")
    }

    deinit { fid_disk_release(slot) }

    /// Number of calls of fsync and fdatasync on files and folders below the folder.
    public var syncs: Int { fid_disk_syncs(slot) }

    /// From now on every write below the folder fails as on a full disk.
    public func fill() { fid_disk_fail(slot, ENOSPC) }
    /// From now on every write below the folder fails as on a broken disk.
    public func damage() { fid_disk_fail(slot, EIO) }
    /// From now on every write below the folder stores its bytes with one bit flipped and reports success.
    public func corrupt() { fid_disk_corrupt(slot) }
    /// Ends the simulated fault.
    public func clear() { fid_disk_fail(slot, 0) }
}
