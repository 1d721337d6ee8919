import Foundation
import TestSupport

extension TemporaryFolder {
    /// The paths of all files below, sorted.
    var files: [String] {
        (FileManager.default.subpaths(atPath: path) ?? []).filter { $0.contains(".") }.sorted()
    }
}
