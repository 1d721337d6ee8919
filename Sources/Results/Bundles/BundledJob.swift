package import Canonical
package import Catalog
import Events

/// What a bundle tells of a run or an evaluation beside its specification and its log (`run.json`, `evaluation-job.json`): the end, the attempts, the history, and whose it is.
package struct BundledJob: Sendable, Equatable {
    /// The public id.
    package var id: String
    /// Counts the jobs of its specification or request, from 1.
    package var attempt: Int
    /// The end.
    package var end: ImportedEnd
    /// Its attempts, whose subject is not told.
    package var attempts: [AttemptRecord]
    /// Of a run: the rest.
    package var run: Run?
    /// Of an evaluation: the rest.
    package var evaluation: Evaluation?

    /// What only runs have.
    package struct Run: Sendable, Equatable {
        package var study: String?
        package var position: Int?
        package var setting: Int?
        package var objective: String
        package var requestedKernels: String?
        /// The identity of the storage that executed it.
        package var storage: String?
        package var history: [HistoryEntry]
        /// The steps of the checkpoints that were deleted on purpose, in ascending order.
        package var deleted: [Int] = []
    }

    /// What only evaluations have.
    package struct Evaluation: Sendable, Equatable {
        package var run: String
        package var step: Int
        package var checkpoint: String
    }

    /// Of a run of the catalog.
    package init(_ run: RunRecord, storage: String?, study: String?, attempts: [AttemptRecord], history: [HistoryEntry], deleted: Set<Int> = []) {
        (id, attempt, end, self.attempts) = (run.id, run.attempt, Self.end(run.standing), attempts)
        self.run = Run(
            study: study, position: study == nil ? nil : run.position, setting: study == nil ? nil : run.setting, objective: run.objective, requestedKernels: run.requestedKernels,
            storage: run.origin.map(\.storage) ?? storage, history: history.filter { $0.scope == .run }, deleted: deleted.sorted())
    }

    /// Of an evaluation of the catalog.
    package init(_ job: EvaluationJob, attempts: [AttemptRecord]) {
        (id, attempt, end, self.attempts) = (job.id, job.attempt, Self.end(job.standing), attempts)
        evaluation = Evaluation(run: job.runID, step: job.step, checkpoint: job.checkpoint)
    }

    private static func end(_ job: JobStanding) -> ImportedEnd {
        ImportedEnd(
            outcome: job.outcome ?? .failed, message: job.message, created: job.created, started: job.started, finished: job.finished, heartbeat: job.heartbeat,
            priority: job.priority, requestedThreads: job.requestedThreads, restarts: job.restarts, restartMark: job.restartMark)
    }

    /// As it is stored; what there is nothing of is left out.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "attempt": .count(attempt), "outcome": .string(end.outcome.rawValue), "message": .string(end.message), "created": .number(end.created),
            "started": .optional(end.started), "finished": .optional(end.finished), "heartbeat": .optional(end.heartbeat), "priority": .count(end.priority),
            "requested_threads": .optional(end.requestedThreads), "restarts": .count(end.restarts), "restart_mark": .count(end.restartMark),
            "attempts": .array(attempts.map { Self.json($0) }),
        ]
        if let run {
            members["study"] = .optional(run.study)
            members["position"] = .optional(run.position)
            members["setting"] = .optional(run.setting)
            members["objective"] = .string(run.objective)
            members["requested_kernels"] = .optional(run.requestedKernels)
            members["storage"] = .optional(run.storage)
            members["history"] = .array(run.history.map { Self.json($0) })
            if !run.deleted.isEmpty { members["deleted_checkpoints"] = .array(run.deleted.map { .count($0) }) }
        }
        if let evaluation {
            members["run"] = .string(evaluation.run)
            members["step"] = .count(evaluation.step)
            members["checkpoint"] = .string(evaluation.checkpoint)
        }
        return .object(members.filter { $0.value != .null })
    }

    private static func json(_ entry: HistoryEntry) -> JSONValue {
        var members: [String: JSONValue] = ["time": .number(entry.time), "state": .string(entry.state.rawValue), "reason": .string(entry.reason)]
        if let actor = entry.actor { members["actor"] = .string(actor) }
        return .object(members)
    }

    private static func json(_ attempt: AttemptRecord) -> JSONValue {
        guard case .object(let members) = RunJSON.attempt(attempt) else { return .null }
        return .object(members.filter { $0.value != .null })
    }

    /// Reads what `json` writes.
    /// - Errors: `FieldError`
    package init(reading json: JSONValue, isRun: Bool) throws(FieldError) {
        var fields = try FieldReader(json)
        id = try fields.string("id", maximumBytes: 40)
        attempt = try fields.integer("attempt", in: 1...Self.most)
        guard let outcome = RunOutcome(rawValue: try fields.oneOf("outcome", RunOutcome.ofRuns.map(\.rawValue))) else { throw fields.error("outcome", "is not that of an end") }
        end = ImportedEnd(
            outcome: outcome, message: try fields.string("message", maximumBytes: 1 << 20), created: try fields.number("created", in: Self.times),
            started: try fields.optionalNumber("started", in: Self.times), finished: try fields.optionalNumber("finished", in: Self.times),
            heartbeat: try fields.optionalNumber("heartbeat", in: Self.times), priority: try fields.integer("priority", in: -Self.most...Self.most),
            requestedThreads: try fields.optionalInteger("requested_threads", in: 1...Self.most), restarts: try fields.integer("restarts", in: 0...Self.most),
            restartMark: try fields.integer("restart_mark", in: -1...Int.max))
        var attempts: [AttemptRecord] = []
        for (place, value) in try fields.array("attempts", count: 0...10_000).enumerated() {
            attempts.append(try Self.attempt(value, path: "attempts[\(place)]"))
            guard attempts.dropLast().allSatisfy({ $0.number != attempts[place].number }) else { throw fields.error("attempts[\(place)]", "has the number of another one") }
        }
        self.attempts = attempts
        if isRun {
            var history: [HistoryEntry] = []
            let study = try fields.optionalString("study", maximumBytes: 12), position = try fields.optionalInteger("position", in: 0...Self.most)
            let setting = try fields.optionalInteger("setting", in: 0...Self.most), objective = try fields.string("objective", maximumBytes: 100)
            let kernels = try fields.optionalString("requested_kernels", maximumBytes: 40), storage = try fields.optionalString("storage", maximumBytes: 40)
            for (place, value) in try fields.array("history", count: 0...1_000_000).enumerated() {
                var entry = try FieldReader(value, path: "history[\(place)]")
                let state = RunState(rawValue: try entry.oneOf("state", RunState.allCases.map(\.rawValue))) ?? .failed
                history.append(
                    HistoryEntry(
                        time: try entry.number("time", in: Self.times), state: state, reason: try entry.string("reason", maximumBytes: 1 << 20),
                        actor: try entry.optionalString("actor", maximumBytes: 1000)))
                try entry.finish()
            }
            let deleted = try fields.optionalIntegers("deleted_checkpoints", count: 1...1_000_000, each: 0...Int.max) ?? []
            guard zip(deleted, deleted.dropFirst()).allSatisfy({ $0 < $1 }) else { throw fields.error("deleted_checkpoints", "must be in ascending order") }
            run = Run(study: study, position: position, setting: setting, objective: objective, requestedKernels: kernels, storage: storage, history: history, deleted: deleted)
        } else {
            evaluation = Evaluation(run: try fields.string("run", maximumBytes: 40), step: try fields.integer("step", in: 0...Int.max), checkpoint: try fields.digest("checkpoint").hex)
        }
        try fields.finish()
    }

    private static let most = 1_000_000_000
    private static let times = -1e12...1e12

    private static func attempt(_ value: JSONValue, path: String) throws(FieldError) -> AttemptRecord {
        var fields = try FieldReader(value, path: path)
        let state = AttemptRecord.State(rawValue: try fields.oneOf("state", AttemptRecord.State.allCases.filter(\.isFinal).map(\.rawValue))) ?? .ended
        let provenance = try fields.optionalObject("provenance") == nil ? nil : value["provenance"]?.canonicalText
        let attempt = AttemptRecord(
            subject: .training(0), number: try fields.integer("number", in: 1...most), executor: try fields.string("executor", maximumBytes: 200),
            job: try fields.optionalString("job", maximumBytes: 200), node: try fields.optionalString("node", maximumBytes: 1000), threads: try fields.integer("threads", in: 0...most),
            state: state, reason: try fields.string("reason", maximumBytes: 1 << 20), submitted: try fields.number("submitted", in: times),
            started: try fields.optionalNumber("started", in: times), ended: try fields.number("ended", in: times), provenance: provenance)
        try fields.finish()
        return attempt
    }
}
