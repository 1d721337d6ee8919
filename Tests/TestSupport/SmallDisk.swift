import Foundation
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An in-memory file system of a few MiB, for programs that must handle a full or read-only disk.
public final class SmallDisk: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: TemporaryFolder
    /// The mount point.
    public var path: String { folder.path("disk") }

    /// Whether this is supported here: requires root and permission to mount.
    public static let isPossible: Bool = geteuid() == 0 && (try? SmallDisk(kilobytes: 64)) != nil

    public init(kilobytes: Int) throws {
        folder = try TemporaryFolder("small")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try SmallDisk.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path)
    }

    deinit { try? SmallDisk.run("umount", "-l", path) }

    /// Fills all free space.
    public func fill() throws {
        _ = try? Tool.run("dd", ["if=/dev/zero", "of=\(path)/fill", "bs=1k"])
    }

    /// Frees space again.
    public func clear() throws { try FileManager.default.removeItem(atPath: "\(path)/fill") }

    /// Makes the file system read-only.
    public func makeReadOnly() throws { try SmallDisk.run("mount", "-o", "remount,ro", path) }

    private static func run(_ program: String, _ arguments: String...) throws {
        let outcome = try Tool.run(program, arguments)
        guard outcome.status == 0 else { throw Problem(description: "\(program) \(arguments.joined(separator: " ")): \(outcome.output)") }
    }
}
