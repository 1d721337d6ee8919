import Access
import Canonical
import Catalog
import Execution
import Foundation
import HTTPServer
import HTTPTypes
import Results

/// Control of the queue: what starts when, and why something waits.
extension API {
    private static let example: JSONValue = ["priority": 1, "reason": "needed for Friday"]

    func addQueue(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/queue", "Returns the queue: its rules, the jobs that are next with what keeps each from starting, the time left, and the latest changes.", needs: .viewer, load: .reading,
                answers: [.json(.queue)])
        ) { _, _ in .json(try await queue()) }
        routes.add(
            Route(
                .patch, "/queue", "Pauses or resumes the whole queue, and changes its limits and hours.", needs: .owner,
                body: .json(.queueChange, example: ["member_limit": 4, "reason": "eight people share this machine"]), answers: [.json(.queue)])
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value)
            var change = QueueRequest()
            try API.readPause(&fields, &change)
            change.limit = try API.limit(&fields, "limit")
            change.studyLimit = try API.limit(&fields, "study_limit")
            change.memberLimit = try API.limit(&fields, "member_limit")
            change.window = try API.window(&fields)
            try API.finish(&fields, &change)
            try await workbench.change(.queue, change, by: Visitor.current)
            return .json(try await queue())
        }
        routes.add(
            Route(
                .patch, "/studies/{id}/queue", "Pauses or resumes a study, and changes its priority, place, executor, limit, and hours.", needs: .editor,
                body: .json(.studyQueueChange, example: API.example), answers: [.json(.study)])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            var change = QueueRequest()
            try API.readPause(&fields, &change)
            change.limit = try API.limit(&fields, "limit")
            change.window = try API.window(&fields)
            change.priority = try fields.optionalInteger("priority", in: QueueLimits.priority)
            change.place = try fields.optionalOneOf("place", QueueEnd.allCases.map(\.rawValue)).flatMap(QueueEnd.init).map { QueueRequest.Place.end($0) }
            change.executor = try API.executor(&fields)
            try API.finish(&fields, &change)
            try await workbench.change(.init(.study, parameters["id"]), change, by: Visitor.current)
            return .json(try await fullStudy(parameters["id"]))
        }
        routes.add(
            Route(
                .patch, "/members/{id}/queue", "Changes how many jobs of a member run at a time.", needs: .owner,
                body: .json(.memberQueueChange, example: ["limit": 4]), answers: [.json(.queue)])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            var change = QueueRequest()
            change.limit = try API.limit(&fields, "limit")
            try API.finish(&fields, &change)
            let member = try await member(parameters["id"])
            try await workbench.change(.init(.member, member.id), change, by: Visitor.current)
            return .json(try await queue())
        }
        routes.add(
            Route(
                .patch, "/runs/{id}/queue", "Pauses or resumes a run, and changes its priority, place, and executor. The worker of a run that is paused saves and ends.", needs: .editor,
                body: .json(.runQueueChange, example: API.example), answers: [.json(.run)], problems: [.conflict])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            var change = QueueRequest()
            change.paused = try fields.optionalBool("paused")
            change.priority = try fields.optionalInteger("priority", in: QueueLimits.priority)
            let end = try fields.optionalOneOf("place", QueueEnd.allCases.map(\.rawValue)).flatMap(QueueEnd.init)
            let before = try fields.optionalString("before", maximumBytes: 100)
            if end != nil, before != nil { throw fields.error("before", "cannot be combined with place") }
            change.place = end.map { QueueRequest.Place.end($0) } ?? before.map { QueueRequest.Place.before($0) }
            change.executor = try API.executor(&fields)
            try API.finish(&fields, &change)
            let run = try await workbench.change(run: parameters["id"], change, by: Visitor.current)
            return .json(try await runWithQueue(run))
        }
        routes.add(
            Route(
                .post, "/runs/{id}/requeue", "Puts a run back into the queue: a running one when it has saved, one that failed or was cancelled at once. It continues from its newest checkpoint.", needs: .editor,
                body: .json(.requeueRequest, example: ["reason": "the node is too slow"]), answers: [.json(.run)], problems: [.conflict])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            let reason = try API.reason(&fields)
            guard !reason.isEmpty else { throw fields.error("reason", "must not be empty") }
            try fields.finish()
            return .json(try await runWithQueue(try await workbench.requeue(run: parameters["id"], reason: reason, by: Visitor.current)))
        }
    }

    // MARK: - Requests

    /// One line that says why; empty if nothing is said.
    static func reason(_ fields: inout FieldReader) throws -> String {
        let text = try fields.optionalString("reason", maximumBytes: 4 * QueueLimits.reason) ?? ""
        guard text.unicodeScalars.count <= QueueLimits.reason else { throw fields.error("reason", "is longer than \(QueueLimits.reason) characters") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { throw fields.error("reason", "must be one line without control characters") }
        return text
    }

    /// The reason that a request without other fields gives. An empty body gives none, whatever type it is said to have.
    static func reason(_ request: Request) async throws -> String {
        if request.body.declaredLength == 0 { return "" }
        var fields = try FieldReader(try await request.optionalJSON().value)
        let reason = try reason(&fields)
        try fields.finish()
        return reason
    }

    private static func finish(_ fields: inout FieldReader, _ change: inout QueueRequest) throws {
        change.reason = try reason(&fields)
        try fields.finish()
        if change.isEmpty { throw FieldError(path: "", problem: .rule("nothing is to be changed")) }
    }

    private static func readPause(_ fields: inout FieldReader, _ change: inout QueueRequest) throws {
        change.paused = try fields.optionalBool("paused")
        let running = try fields.optionalOneOf("running", QueueRule.RunningWork.allCases.map(\.rawValue)).flatMap(QueueRule.RunningWork.init)
        if running != nil, change.paused != true { throw fields.error("running", "has no effect without paused: true") }
        change.running = running ?? .finish
    }

    private static func limit(_ fields: inout FieldReader, _ key: String) throws -> Int?? {
        guard let value = fields.optionalValue(key) else { return nil }
        if value == .null { return .some(nil) }
        return .some(try fields.integer(key, in: QueueLimits.jobs))
    }

    /// The executor that the query of a submission asks for, and its priority.
    static func choices(_ request: Request) throws -> (executor: String?, priority: Int) {
        (request.query.first("executor"), try request.integer("priority", in: QueueLimits.priority) ?? 0)
    }

    private static func executor(_ fields: inout FieldReader) throws -> String?? {
        guard let value = fields.optionalValue("executor") else { return nil }
        if value == .null { return .some(nil) }
        return .some(try fields.string("executor", maximumBytes: 200))
    }

    private static func window(_ fields: inout FieldReader) throws -> QueueWindow?? {
        guard let value = fields.optionalValue("window") else { return nil }
        if value == .null { return .some(nil) }
        var inner = try fields.object("window")
        let (opens, closes) = (try minute(&inner, "opens"), try minute(&inner, "closes"))
        guard opens != closes else { throw inner.error("closes", "must differ from opens") }
        let zone = try inner.optionalString("time_zone", maximumBytes: 100) ?? TimeZone.current.identifier
        guard TimeZone(identifier: zone) != nil else { throw inner.error("time_zone", "\(zone.prefix(100)) is not the name of a time zone, such as Europe/Berlin or UTC") }
        let close = try inner.optionalOneOf("at_close", QueueRule.RunningWork.allCases.map(\.rawValue)).flatMap(QueueRule.RunningWork.init) ?? .finish
        try inner.finish()
        return .some(QueueWindow(opens: opens, closes: closes, timeZone: zone, atClose: close))
    }

    /// "20:00" as a minute of the day.
    private static func minute(_ fields: inout FieldReader, _ key: String) throws -> Int {
        let text = try fields.string(key, maximumBytes: 5)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }), let hour = Int(parts[0], in: 0...23), let minute = Int(parts[1], in: 0...59)
        else { throw fields.error(key, "must be a time of day from 00:00 to 23:59") }
        return hour * 60 + minute
    }

    // MARK: - Answers

    /// A run with its place in the queue.
    func runWithQueue(_ run: RunRecord) async throws -> JSONValue {
        let obstacle = workbench.obstacles(of: run.state == .queued ? [.training(run)] : [])[run.id]
        return try await catalog.read { reader in
            try fullRun(run, reader).adding("queue", try QueueJSON.standing(of: .training(run), obstacle, reader))
        }
    }

    private func queue() async throws -> JSONValue {
        let jobs = try await catalog.read { try $0.queue(limit: QueueLimits.shown) }
        let (obstacles, rules, loads) = (workbench.obstacles(of: jobs), workbench.queueRules, workbench.executorLoads)
        let workers = workbench.settings.workerLimit
        return try await catalog.read { reader in
            .object([
                "rules": .array(try rules.all.map { try QueueJSON.rule($0, reader) }), "queued": .count(try reader.countRuns(in: .queued) + reader.countEvaluationJobs(in: .queued)),
                "running": .count(try reader.countRuns(in: .running) + reader.countEvaluationJobs(in: .running)),
                "executors": .array(loads.map { .object(["name": .string($0.name), "jobs": .count($0.busy), "limit": .count($0.limit)]) }),
                "next": .array(try jobs.map { try QueueJSON.entry($0, obstacles[$0.id], reader) }),
                "changes": .array(try reader.queueChanges(limit: QueueLimits.changes).map { try QueueJSON.change($0, reader) }),
                "remaining_range": QueueJSON.range(try timeLeft(workers: workers, reader)),
            ])
        }
    }
}

/// Bounds of requests about the queue.
enum QueueLimits {
    static let priority = -100...100
    static let jobs = 1...100_000
    /// Characters of a reason.
    static let reason = 500
    /// Jobs and changes that an answer shows.
    static let shown = 200
    static let changes = 50
}
