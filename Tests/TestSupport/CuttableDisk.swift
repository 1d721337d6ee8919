import DiskProbe
import Foundation
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An ext4 file system of its own, in a file, whose power can be cut: what was not on the disk at that moment is gone when it is mounted again.
public final class CuttableDisk: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: TemporaryFolder
    /// Where it is mounted.
    public var path: String { folder.path("disk") }

    /// Whether such a disk can be made here: by root, with mkfs.ext4, loop devices and a kernel that shuts file systems down.
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

    /// From this moment on nothing gets to the disk. Programs that use it go on, and their calls fail.
    public func cutPower() throws {
        let code = unsafe fid_disk_cut_power(path)
        guard code == 0 else { throw Problem(description: "the power of \(path) cannot be cut: \(unsafe String(cString: strerror(code)))") }
    }

    /// Mounts the disk again, as after the power came back. Programs that used it must have ended.
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
