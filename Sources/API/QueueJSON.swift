import Canonical
import Catalog
import Execution
import Results

/// The queue as JSON.
enum QueueJSON {
    static func window(_ window: QueueWindow) -> JSONValue {
        .object([
            "opens": .string(QueueWindow.clock(window.opens)), "closes": .string(QueueWindow.clock(window.closes)), "time_zone": .string(window.timeZone),
            "at_close": .string(window.atClose.rawValue),
        ])
    }

    static func rule(_ rule: QueueRule, _ reader: CatalogReader) throws -> JSONValue {
        .object([
            "scope": .string(rule.subject.scope.rawValue), "target": rule.subject.target.isEmpty ? .null : .string(rule.subject.target), "name": try name(of: rule.subject, reader),
            "paused": .optional(rule.paused?.rawValue), "limit": .optional(rule.limit), "window": rule.window.map(window) ?? .null,
        ])
    }

    private static func name(of subject: QueueRule.Subject, _ reader: CatalogReader) throws -> JSONValue {
        switch subject.scope {
        case .study: .optional(try reader.study(subject.target)?.name)
        case .member: .optional(try reader.member(subject.target)?.name)
        case .queue, .run: .null
        }
    }

    static func change(_ change: QueueChange, _ reader: CatalogReader) throws -> JSONValue {
        .object([
            "time": .number(change.time), "actor": .string(change.actor), "scope": .string(change.subject.scope.rawValue),
            "target": change.subject.target.isEmpty ? .null : .string(change.subject.target), "change": .string(change.change),
        ])
    }

    private static func obstacle(_ obstacle: QueueObstacle?) -> JSONValue {
        guard let obstacle else { return .null }
        var fields: [String: JSONValue] = ["code": .string(obstacle.code), "message": .string("\(obstacle)"), "until": .null]
        if case .outsideWindow(_, let opens) = obstacle { fields["until"] = .number(opens) }
        return .object(fields)
    }

    /// Who submitted a job, by name.
    private static func submitter(_ job: JobRecord, _ reader: CatalogReader) throws -> JSONValue {
        guard let id = job.submitter else { return .null }
        return .string(try reader.member(id)?.name ?? id)
    }

    static func entry(_ job: JobRecord, _ obstacle: QueueObstacle?, _ reader: CatalogReader) throws -> JSONValue {
        let isRun = if case .training = job { true } else { false }
        return .object([
            "kind": .string(isRun ? "run" : "evaluation"), "id": .string(job.id), "run": .string(job.run), "study": .optional(job.study), "priority": .integer(Int64(job.priority)),
            "paused": .bool(job.hold == .pause), "submitted_by": try submitter(job, reader), "executor": .optional(job.executor), "created": .number(job.created),
            "waits": QueueJSON.obstacle(obstacle),
        ])
    }

    /// Where a job is in the queue, and why it waits.
    static func standing(of job: JobRecord, _ obstacle: QueueObstacle?, _ reader: CatalogReader) throws -> JSONValue {
        .object([
            "priority": .integer(Int64(job.priority)), "paused": .bool(job.hold == .pause), "submitted_by": try submitter(job, reader), "executor": .optional(job.executor),
            "position": job.state == .queued ? .count(try reader.queueLength(before: job) + 1) : .null, "waits": QueueJSON.obstacle(obstacle),
        ])
    }

    /// What holds for a study, if anything does.
    static func study(_ rules: QueueRules, _ id: String) -> JSONValue {
        let rule = rules[.init(.study, id)]
        return .object([
            "paused": .optional(rule.paused?.rawValue), "limit": .optional(rules.limit(ofStudy: id)), "window": rule.window.map(window) ?? .null,
        ])
    }

    static func range(_ range: TimeRange?) -> JSONValue {
        guard let range else { return .null }
        return .object(["low": .number(range.low), "high": .number(range.high), "basis": .string(range.basis.rawValue)])
    }
}
