import Canonical
import Testing

@testable import Server

/// What a command does with the answer of a server that is too busy.
@Suite("Asking a busy server again") struct AskingAgainTests {
    private static func answers(_ codes: [String], pauses: [Duration] = [.zero, .zero]) async throws -> (last: (Int, JSONValue), asked: Int) {
        var asked = 0
        let last = try await AskingAgain.whileBusy(pauses: pauses) {
            let code = codes[asked]
            asked += 1
            return code == "ok" ? (200, ["id": "a"]) : (503, ["code": .string(code)])
        }
        return (last, asked)
    }

    @Test func untilThereIsAnAnswer() async throws {
        let (last, asked) = try await Self.answers(["too-slow", "overloaded", "ok"])
        #expect(last.0 == 200 && last.1["id"] == "a" && asked == 3)
    }

    @Test func onlyThatManyTimes() async throws {
        let (last, asked) = try await Self.answers(["too-slow", "too-slow", "too-slow", "ok"])
        #expect(last.0 == 503 && asked == 3)
    }

    /// A server that stops, or a disk that is full, is no matter of a moment.
    @Test func otherRefusalsAreAnswers() async throws {
        let (last, asked) = try await Self.answers(["stopping", "ok"])
        #expect(last.1["code"] == "stopping" && asked == 1)
    }
}
