import Canonical
import Events
import TestSupport
import Testing

/// Logs of the last release are read by this program, byte for byte (Tests/Fixtures/events/README.md).
@Suite("Logs of earlier versions")
struct EarlierLogTests {
    private func lines() throws -> [[UInt8]] {
        try Fixtures.bytes("events/version-1.ndjson").split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    /// Every line is an event, and encodes to the same line.
    @Test func everyLineOfVersion1IsTheSameLineAgain() throws {
        var kinds: Set<String> = []
        for line in try lines() {
            let event = try RunEvent(line: line)
            kinds.insert(event.kind.name)
            #expect(event.line == line + [UInt8(ascii: "\n")], "\(String(decoding: line, as: UTF8.self))")
        }
        #expect(kinds == ["phase", "started", "samples", "metrics", "evaluation", "checkpoint", "progress", "finished"])
    }

    @Test func whatVersion1SaidIsUnderstood() throws {
        let events = try lines().map { try RunEvent(line: $0) }
        // The log of a worker that was stopped, and of the one that continued.
        let starts = events.compactMap { if case .started(let start) = $0.kind { start } else { nil } }
        #expect(starts.map(\.resumed) == [false, true] && starts.allSatisfy { $0.program == "0.1.0" && $0.process != nil })
        let ends = events.compactMap { if case .finished(let end) = $0.kind { end } else { nil } }
        #expect(ends.map(\.outcome) == [.interrupted, .done])
        let evaluations = events.compactMap { if case .evaluation(let evaluation) = $0.kind { evaluation } else { nil } }
        #expect(evaluations.contains { $0.value == nil && $0.problem == "There is no such number for these samples." })
        let last = events.compactMap { if case .checkpoint(let checkpoint) = $0.kind, checkpoint.final { checkpoint } else { nil } }.last
        #expect(last?.best["fid"] != nil && last?.digest == ends.last?.finalDigest)
    }

    @Test(arguments: [
        ("exit-1.json", RunOutcome.done, Int32(0)), ("exit-1-collapsed.json", .collapsed, 43), ("exit-1-timed-out.json", .timedOut, 44),
        ("exit-1-interrupted.json", .interrupted, 75),
    ])
    func theReportOfVersion1(file: String, outcome: RunOutcome, code: Int32) throws {
        let bytes = try Fixtures.bytes("events/\(file)")
        let record = try ExitRecord(reading: bytes)
        #expect(record.end.outcome == outcome && record.code == code && record.bytes == bytes)
    }
}
