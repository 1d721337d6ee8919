import DiskProbe
import Foundation
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A separate ext4 file system in a file, whose power can be cut: what was not on disk at that moment is gone when it is mounted again.
public final class CuttableDisk: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: TemporaryFolder
    /// The mount point.
    public var path: String { folder.path("disk") }

    /// Whether this is supported here: requires root, mkfs.ext4, loop devices, and a kernel that can shut file systems down.
    public static let isPossible: Bool = {
        guard geteuid() == 0, let disk = try? CuttableDisk(megabytes: 16) else { return false }
        return (try? disk.cutPower()) != nil
    }()

    public init(megabytes: Int = 256) throws {
        folder = try TemporaryFolder("disk")
        let image = folder.path("image")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try CuttableDisk.run("truncate", "-s", "\(megabytes)M", image)
        try CuttableDisk.run("mkfs.ext4", "-q", "-F", image)
        try mount()
    }

    deinit { try? CuttableDisk.run("umount", "-l", path) }

    /// Cuts the power: from now on nothing reaches the disk, and calls of programs that use it fail.
    public func cutPower() throws {
        let code = unsafe fid_disk_cut_power(path)
        guard code == 0 else { throw Problem(description: "the power of \(path) cannot be cut: \(unsafe String(cString: strerror(code)))") }
    }

    /// Makes the file system read-only under the programs that use it, as the kernel does after an error of the device.
    public func makeReadOnly() throws { try CuttableDisk.run("mount", "-o", "remount,abort", path) }

    /// Mounts the disk again, as after power is restored. Programs that used it must have exited.
    public func restorePower() throws {
        try CuttableDisk.run("umount", path)
        try mount()
    }

    private func mount() throws { try CuttableDisk.run("mount", "-o", "loop", folder.path("image"), path) }

    private static func run(_ program: String, _ arguments: String...) throws {
        let outcome = try Tool.run(program, arguments)
        guard outcome.status == 0 else { throw Problem(description: "\(program) \(arguments.joined(separator: " ")): \(outcome.output)") }
    }
}
