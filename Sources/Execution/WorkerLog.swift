import Foundation

/// Extracts the reason for a worker's end from its log, for the run's message.
///
/// A fatal error (a precondition with its text, a failed allocation) is found before the backtrace that follows it. A trap without a text is described
/// by the headline of the backtrace and the location in our sources. Otherwise the last line is used.
package struct WorkerLog {
    let path: String
    /// Where this worker's lines begin: the output of the run's earlier workers is ignored.
    var start: UInt64 = 0

    /// - Parameter start: byte offset of its first line.
    package init(path: String, start: UInt64 = 0) {
        self.path = path
        self.start = start
    }

    /// The most bytes read, from the end: a backtrace lists every loaded library.
    private static let longestPiece: UInt64 = 256 << 10
    private static let longestReason = 300

    /// The current length of the log in bytes.
    static func length(ofFile path: String) -> UInt64 {
        guard let file = FileHandle(forReadingAtPath: path) else { return 0 }
        defer { try? file.close() }
        return (try? file.seekToEnd()) ?? 0
    }

    /// Why the worker ended, in one line of at most 300 characters; empty if the log does not say.
    package var reason: String {
        let lines = lines
        return String((fatalError(lines) ?? trap(lines) ?? lastLine(lines)).prefix(Self.longestReason))
    }

    private var lines: [String] {
        guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else { return [] }
        defer { try? file.close() }
        let begin = max(min(start, size), size > Self.longestPiece ? size - Self.longestPiece : 0)
        try? file.seek(toOffset: begin)
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// "Engine/Session.swift:52: Fatal error: text", and the remaining lines of the text.
    private func fatalError(_ lines: [String]) -> String? {
        let signs = ["Fatal error: ", "Precondition failed: ", "Assertion failed: "]
        guard let place = lines.lastIndex(where: { line in signs.contains { line.hasPrefix($0) || line.contains(": " + $0) } }) else { return nil }
        let rest = lines[(place + 1)...].prefix { !$0.isEmpty && !$0.hasPrefix("***") && !$0.hasPrefix("Current stack trace") && !$0.hasPrefix("💣") }
        return ([lines[place]] + rest).joined(separator: " ")
    }

    /// The headline of the backtrace, "Swift runtime failure: arithmetic overflow", and the first frame with a source location.
    private func trap(_ lines: [String]) -> String? {
        let signs = ["Swift runtime failure: ", "Program crashed: "]
        guard let place = lines.lastIndex(where: { line in line.contains("***") && signs.contains { line.contains($0) } }) else { return nil }
        let headline = lines[place].trimmingCharacters(in: CharacterSet(charactersIn: "*💣 "))
        let frame = lines[(place + 1)...].first { $0.first?.isNumber == true && $0.contains(".swift:") && !$0.contains("[system]") }
        guard let frame, let source = frame.split(separator: "/").last else { return headline }
        return "\(headline) at \(source)"
    }

    private func lastLine(_ lines: [String]) -> String {
        lines.last { !$0.isEmpty && !$0.hasPrefix("Backtrace took") } ?? ""
    }
}
