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

    static let program: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("fidelio").path
    }()

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program) }

    let url: String
    let link: String
    private let process: Process
    /// Held, so that the folder lives as long as the server that writes into it.
    private let storage: TemporaryFolder

    /// - Parameter port: 0 takes any free one.
    init(storage: TemporaryFolder, port: Int = 0) async throws {
        self.storage = storage
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["serve", "--json", "--no-browser", "--port", String(port), "--storage", storage.path, "--public", Self.page]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
        let announcement = await Self.firstLine(of: output.fileHandleForReading)
        let json = (try? JSONValue(parsing: announcement)) ?? .null
        guard let url = json["url"]?.stringValue, let link = json["link"]?.stringValue else {
            process.terminate()
            throw Problem(description: "the server said: \(String(decoding: announcement, as: UTF8.self))")
        }
        self.url = url
        self.link = link
    }

    var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// Ends the server at once, as a power cut would.
    func kill() {
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks the server to end, and waits until it has.
    func stop() async {
        process.terminate()
        while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    }

    deinit { if process.isRunning { process.terminate() } }

    private static let page: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appendingPathComponent("Public").path
    }()

    /// The announcement: one JSON value, on one line or several. On a thread of its own, since reading blocks.
    private static func firstLine(of handle: FileHandle) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var bytes: [UInt8] = []
                while (try? JSONValue(parsing: bytes)) == nil {
                    let piece = handle.availableData
                    if piece.isEmpty { break }
                    bytes += piece
                }
                continuation.resume(returning: bytes)
            }
        }
    }
}
