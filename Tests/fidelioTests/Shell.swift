import Foundation
import TestSupport

/// A shell command line with `fidelio` first in the search path, and `$W`, its own folder.
struct Shell {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("shell") }

    /// - Returns: the visible output; the status is the shell's, i.e. 128 and more for a signal
    func run(_ script: String, within seconds: Double = 120) async throws -> Tool.Outcome {
        let programs = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
        let head = "export PATH=\(programs):$PATH W=\(folder.path) FIDELIO_STORAGE=\(folder.path)/storage; cd \"$W\"\n"
        return try await Tool.finish("/bin/bash", ["-c", head + script], within: seconds)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws { try folder.write(bytes, as: name) }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
}
