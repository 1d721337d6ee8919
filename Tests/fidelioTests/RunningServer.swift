import Canonical
import Foundation
import TestSupport

/// `fidelio serve` as a process of its own, with the real worker and the real page.
///
/// - Note: the program is the one that was built beside these tests.
final class RunningServer: Sendable {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: Program.path) }

    let url: String
    let link: String
    private let program: RunningProgram
    /// Held, so that the folders live as long as the server that writes into them.
    private let storage: TemporaryFolder
    private let words: TemporaryFolder

    /// - Parameter port: 0 takes any free one.
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

    /// Ends the server at once, as a power cut would.
    func kill() async throws { _ = try await program.end(SIGKILL) }

    /// Asks the server to end, and waits until it has.
    func stop() async throws { _ = try await program.end(SIGTERM) }

    private static let page: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appendingPathComponent("Public").path
    }()
}
