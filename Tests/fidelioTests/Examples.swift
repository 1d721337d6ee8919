import Foundation

/// A command shown in the documentation or in a command's help.
struct Example: CustomStringConvertible {
    /// Its location: a file, or the help of a command.
    var source: String
    /// The command for a shell; several lines if it is continued.
    var text: String
    var description: String { "\(source): \(text)" }
}

/// Finds every command that is shown to users.
enum Examples {
    /// The user documentation.
    static func documents() throws -> [String] {
        let all = ["README.md", "ARCHITECTURE.md"]
        let folders = ["docs", "Benchmarks", "Sources", "Storage", "Tests", "Tools"]
        return try all + folders.flatMap { try Sources.files(under: $0, ending: ".md") }
    }

    /// Programs whose lines are commands.
    private static let programs = ["fidelio", ".build/release/fidelio", "make", "python3", "curl", "echo", "Tests/", "Tools/", "TOKEN=", "bash", "swift"]

    private static func isCommand(_ line: some StringProtocol) -> Bool {
        programs.contains { line.hasPrefix($0 + " ") || ($0.hasSuffix("/") || $0.hasSuffix("=")) && line.hasPrefix($0) }
    }

    /// Indented blocks, fenced shell blocks (each one example, because its lines share variables), and commands with arguments within
    /// the text.
    static func inMarkdown(_ text: String, source: String) -> [Example] {
        var found: [Example] = []
        var fence: (isShell: Bool, lines: [String])?
        var indented: [String] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [""]
        for line in lines {
            if line.hasPrefix("```") {
                if let closed = fence, closed.isShell { found.append(Example(source: source, text: closed.lines.joined(separator: "\n"))) }
                let isShell = ["```sh", "```bash", "```shell", "```console"].contains(line)
                if fence == nil { fence = (isShell, []) } else { fence = nil }
            } else if fence != nil {
                fence?.lines.append(line)
            } else if line.hasPrefix("    ") {
                indented.append(String(line.dropFirst(4)))
            } else {
                found += commands(indented, source: source)
                indented = []
                for match in line.matches(of: /`([^`]+)`/) {
                    let text = String(match.1)
                    if text.hasPrefix("fidelio "), text.split(separator: " ").count > 2 { found.append(Example(source: source, text: text)) }
                }
            }
        }
        return found
    }

    /// The lines under EXAMPLE.
    static func inHelp(_ text: String, source: String) -> [Example] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(of: "EXAMPLE") else { return [] }
        let block = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }
        return commands(block.map { String($0.dropFirst(2)) }, source: source)
    }

    /// Joins continued lines, removes comments, and keeps commands.
    private static func commands(_ lines: [String], source: String) -> [Example] {
        var found: [Example] = []
        var open = ""
        for line in lines {
            open += (open.isEmpty ? "" : "\n") + line
            let text = withoutRemark(open)
            guard let text else { continue }
            if isCommand(text) { found.append(Example(source: source, text: text)) }
            open = ""
        }
        return found
    }

    /// The command without its description: after three spaces, or two and a `#`, outside of quotes. Nil while a quote is open.
    private static func withoutRemark(_ line: String) -> String? {
        var quote: Character?
        var result = ""
        for character in line {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "#" || character == " ", result.hasSuffix("  ") {
                break
            }
            result.append(character)
        }
        if quote != nil { return nil }
        while result.last == " " { result.removeLast() }
        return result
    }
}
