import Canonical

/// Follows a run or study until it ends or the user presses Ctrl-C, with a progress line.
struct Waiting {
    let connection: Connection
    let isQuiet: Bool

    /// Polls `path` until `isOver`.
    /// - Returns: the last response, and whether it was over
    func follow(
        _ path: String, until isOver: @escaping @Sendable (JSONValue) -> Bool, text: @escaping @Sendable (JSONValue) -> String
    ) async throws -> (value: JSONValue, isOver: Bool) {
        let interruption = Interruption()
        return try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            group.addTask { try await poll(path, isOver, text) }
            group.addTask {
                await interruption.first()
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil { return (value, true) }
            group.cancelAll()
            await connection.close()
            return (.null, false)
        }
    }

    private func poll(
        _ path: String, _ isOver: @Sendable (JSONValue) -> Bool, _ text: @Sendable (JSONValue) -> String
    ) async throws -> JSONValue {
        var line = ProgressLine(isQuiet: isQuiet)
        defer { line.clear() }
        var told = ""
        while true {
            let value = try await connection.get(path)
            if isOver(value) { return value }
            if let obstacle = await connection.obstacle() {
                throw CommandFailure("\(obstacle). Once that is fixed, run the same command again: it resumes from the saved state", code: CommandFailure.Code.cannotWrite)
            }
            line.show(text(value))
            if let reason = Waiting.reasonForWaiting(value), reason != told {
                line.clear()
                Console.remark(reason)
                told = reason
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// Why a run is queued again, if its record has a reason: a full disk, or a worker that died.
    private static func reasonForWaiting(_ run: JSONValue) -> String? {
        guard run["state"] == "queued", let message = run["message"]?.stringValue, !message.isEmpty, let id = run["id"]?.stringValue else { return nil }
        return "run \(id) waits: \(message)"
    }

    /// Whether a run with this JSON has ended.
    static func hasEnded(_ run: JSONValue) -> Bool {
        !["queued", "running"].contains(run["state"]?.stringValue ?? "")
    }

    static func exitCode(ofState state: String?) -> Int32 {
        switch state {
        case "done": 0
        case "diverged": CommandFailure.Code.diverged
        default: CommandFailure.Code.failed
        }
    }

    func notFinished(_ what: String) -> CommandFailure {
        CommandFailure(
            connection.isServer ? "\(what) continues in the server" : "\(what) is saved; the same command resumes it",
            code: CommandFailure.Code.notFinished)
    }
}
