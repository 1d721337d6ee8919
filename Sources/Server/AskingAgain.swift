package import Canonical

/// Asking a server again that was too busy to answer.
package enum AskingAgain {
    /// The answer to a request that changes nothing, repeated while the server has no room for it or no time: on a busy machine, a command that follows a training of hours must not end
    /// because one question took too long.
    /// - Parameters:
    ///   - pauses: those before each repetition
    ///   - ask: gives the status and the JSON of an answer
    /// - Returns: the first answer that is none of those, or the last one
    package static func whileBusy(
        pauses: [Duration] = [1, 2, 5, 10, 20, 30].map { .seconds($0) }, _ ask: () async throws -> (Int, JSONValue)
    ) async throws -> (Int, JSONValue) {
        var answer = try await ask()
        for pause in pauses {
            guard answer.0 == 503, ["overloaded", "too-slow"].contains(answer.1["code"]?.stringValue) else { break }
            try await Task.sleep(for: pause)
            answer = try await ask()
        }
        return answer
    }
}
