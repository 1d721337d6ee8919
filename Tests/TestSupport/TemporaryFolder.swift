import Foundation

/// A new folder that is removed with its contents when the last reference is released.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init(_ name: String = "test") throws {
        path = NSTemporaryDirectory() + "fidelio-\(name)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in this folder.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// The names in the folder, sorted.
    public func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// The bytes of the file `name` in this folder.
    public func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// Writes a file into this folder and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}

extension TemporaryFolder {
    /// The paths of all files below, sorted.
    public var files: [String] {
        (FileManager.default.subpaths(atPath: path) ?? []).filter { $0.contains(".") }.sorted()
    }
}
