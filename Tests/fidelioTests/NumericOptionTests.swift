import Canonical
import Foundation
import TestSupport
import Testing

/// Out-of-range numbers for every option of every command, as listed by the program itself: each ends with a message and an exit code, never
/// by a signal. The storage folder cannot be created, so no command starts its work.
@Suite("Extreme numbers on the command line") struct NumericOptionTests {
    private struct Option: Sendable {
        let words: [String]
        let name: String
    }

    private static let numbers = [
        "9223372036854775807", "-9223372036854775808", "-1", "0", "1e308", "-1e308", "5e-324", "nan", "inf", "18446744073709551616", "9007199254740993",
        String(repeating: "9", count: 400),
    ]

    /// Every option that takes a value, with its command and values for the command's arguments.
    private static func options(_ command: JSONValue, _ words: [String]) -> [Option] {
        let arguments = (command["arguments"]?.arrayValue ?? []).filter { $0["kind"]?.stringValue == "positional" && $0["isOptional"]?.boolValue != true }
        let own = (command["arguments"]?.arrayValue ?? []).compactMap { argument -> Option? in
            guard argument["kind"]?.stringValue == "option", let name = argument["preferredName"]?["name"]?.stringValue, name != "storage" else { return nil }
            return Option(words: words + arguments.map { _ in "x" }, name: name)
        }
        let inner = (command["subcommands"]?.arrayValue ?? []).flatMap { child -> [Option] in
            guard let name = child["commandName"]?.stringValue, name != "help" else { return [] }
            return options(child, words + [name])
        }
        return own + inner
    }

    @Test func noneEndsTheProgram() async throws {
        let help = try await Program.run("--experimental-dump-help")
        let all = Self.options(help.json["command"] ?? .null, [])
        #expect(all.count > 60 && all.contains { $0.name == "time-limit" } && all.contains { $0.name == "workers" }, "\(all.map(\.name))")
        // Each option gets some of the numbers, and all of them in the long tests.
        let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil
        for (place, option) in all.enumerated() {
            for (turn, number) in Self.numbers.enumerated() where isLong || turn == place % Self.numbers.count {
                let words = option.words + ["--storage", "/dev/null/none", "--\(option.name)=\(number)"]
                let outcome = try await Program.run(words)
                #expect((0...128).contains(outcome.code) && !outcome.complaint.contains("Fatal error"), "\(words): \(outcome.code) \(outcome.complaint.prefix(300))")
                #expect(outcome.code == 0 || !(outcome.complaint + outcome.output).isEmpty, "\(words)")
            }
        }
    }
}
