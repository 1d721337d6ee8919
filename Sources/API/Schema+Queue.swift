import Catalog
import Execution
import Results

/// Schemas of the queue.
extension Schema {
    private static let priority = Schema.integer(QueueLimits.priority)
    /// Why something was changed, in one line.
    static let reason = Schema.text(0...QueueLimits.reason, pattern: #"^[^\x00-\x1f\x7f-\x9f]*$"#)
    private static let runningWork = Schema.word(QueueRule.RunningWork.allCases.map(\.rawValue))
    private static let jobLimit = Schema.nullable(.integer(QueueLimits.jobs))
    private static let end = Schema.word(QueueEnd.allCases.map(\.rawValue))
    private static let timeOfDay = Schema.pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$")

    /// The hours of a day, in the server's time zone unless another is named.
    private static let windowChoice = Schema.nullable(
        .closed(["opens": timeOfDay, "closes": timeOfDay], optional: ["time_zone": .string, "at_close": runningWork]))

    static let queueChange = Schema.named(
        "QueueChange",
        .closed(
            [:], optional: [
                "paused": .boolean, "running": runningWork, "limit": jobLimit, "study_limit": jobLimit, "member_limit": jobLimit, "window": windowChoice, "reason": reason,
            ]))
    static let studyQueueChange = Schema.named(
        "StudyQueueChange",
        .closed(
            [:], optional: [
                "paused": .boolean, "running": runningWork, "limit": jobLimit, "window": windowChoice, "priority": priority, "place": end, "executor": .nullable(.string), "reason": reason,
            ]))
    static let memberQueueChange = Schema.named("MemberQueueChange", .closed([:], optional: ["limit": jobLimit, "reason": reason]))
    static let runQueueChange = Schema.named(
        "RunQueueChange",
        .closed([:], optional: ["paused": .boolean, "priority": priority, "place": end, "before": .runID, "executor": .nullable(.string), "reason": reason]))
    static let requeueRequest = Schema.named("RequeueRequest", .closed(["reason": .text(1...QueueLimits.reason, pattern: #"^[^\x00-\x1f\x7f-\x9f]+$"#)], optional: [:]))
    static let reasonRequest = Schema.named("ReasonRequest", .closed([:], optional: ["reason": reason]))

    private static let window = Schema.named(
        "QueueWindow", .object(["opens": timeOfDay, "closes": timeOfDay, "time_zone": .string, "at_close": runningWork]))
    private static let queueScope = Schema.word(HistoryEntry.Scope.allCases.map(\.rawValue))
    /// Why a queued job does not start; `until` is known for hours alone.
    private static let obstacle = Schema.named("QueueObstacle", .object(["code": .string, "message": .string, "until": .nullable(.time)]))

    static let timeRange = Schema.named(
        "TimeRange", .object(["low": .real, "high": .real, "basis": .word(TimeRange.Basis.allCases.map(\.rawValue))]))

    static let runInQueue = Schema.named(
        "RunInQueue",
        .object([
            "priority": priority, "paused": .boolean, "submitted_by": .nullable(.string), "executor": .nullable(.string), "position": .nullable(.count), "waits": .nullable(obstacle),
        ]))
    static let studyInQueue = Schema.named("StudyInQueue", .object(["paused": .nullable(runningWork), "limit": .nullable(.count), "window": .nullable(window)]))

    static let queue = Schema.named(
        "Queue",
        .object([
            "rules": .array(
                .object([
                    "scope": queueScope, "target": .nullable(.string), "name": .nullable(.string), "paused": .nullable(runningWork), "limit": .nullable(.count), "window": .nullable(window),
                ])), "queued": .count, "running": .count, "executors": .array(.object(["name": .string, "jobs": .count, "limit": .count])),
            "next": .array(
                .object([
                    "kind": .word(["run", "evaluation"]), "id": .string, "run": .string, "study": .nullable(.string), "priority": priority, "paused": .boolean,
                    "submitted_by": .nullable(.string), "executor": .nullable(.string), "created": .time, "waits": .nullable(obstacle),
                ])),
            "changes": .array(.object(["time": .time, "actor": .string, "scope": queueScope, "target": .nullable(.string), "change": .string])),
            "remaining_range": .nullable(timeRange),
        ]))
}
