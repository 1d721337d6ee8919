import Foundation

extension TemporaryFolder {
    /// The paths of all files below, sorted.
    public var files: [String] {
        (FileManager.default.subpaths(atPath: path) ?? []).filter { $0.contains(".") }.sorted()
    }
}
