import Canonical
import Foundation
import TestSupport

/// `fidelio serve` as a separate process, with real workers and the real page.
///
/// - Note: the program built next to these tests
final class RunningServer: Sendable {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: Program.path) }

    let url: String
    let link: String
    private let program: RunningProgram
    /// Keeps the folders alive as long as the server that writes to them.
    private let storage: TemporaryFolder
    private let words: TemporaryFolder

    /// - Parameter port: 0 selects any free one
    init(storage: TemporaryFolder, port: Int = 0) async throws {
        self.storage = storage
        words = try TemporaryFolder("announcement")
        program = try RunningProgram(
            ["serve", "--json", "--no-browser", "--port", String(port), "--storage", storage.path, "--public", Self.page],
            output: words.path("output"))
        let json = try await program.announcement()
        guard let url = json["url"]?.stringValue, let link = json["link"]?.stringValue else {
            throw Problem(description: "the server said: \(json.canonicalText)")
        }
        self.url = url
        self.link = link
    }

    var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// Kills the server, as in a power cut.
    func kill() async throws { _ = try await program.end(SIGKILL) }

    /// Asks the server to exit, and waits until it has.
    func stop() async throws { _ = try await program.end(SIGTERM) }

    private static let page: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appendingPathComponent("Public").path
    }()
}
