package import Canonical
package import Catalog
import Events
import Studies

/// Studies as JSON.
enum StudyJSON {
    static func state(_ study: StudyRecord, _ progress: StudyProgress) -> String {
        if !progress.isFinished { return progress.count(.running) > 0 || progress.stepsDone > 0 ? "running" : "queued" }
        return study.cancelled ? "cancelled" : "done"
    }

    static func full(_ study: StudyRecord, _ progress: StudyProgress, rate: Double?, remaining: Double?) -> JSONValue {
        var counts: [String: JSONValue] = ["total": .count(progress.total)]
        for state in RunState.allCases { counts[state.rawValue] = .count(progress.count(state)) }
        var outcomes: [String: JSONValue] = [:]
        for outcome in RunOutcome.ofRuns { outcomes[outcome.rawValue] = .count(progress.count(ended: outcome)) }
        let plan = JSONValue(stored: study.plan)
        return .object([
            "id": .string(study.id), "digest": .string(study.digest), "name": .string(study.name),
            "state": .string(state(study, progress)), "created": .number(study.created), "finished": .optional(study.finished),
            "plan": plan, "objective": Objective(ofPlan: plan).json, "notes": .array(SearchProtocol.remarks(on: plan["protocol"]).map { .string($0) }), "runs": .object(counts), "outcomes": .object(outcomes), "progress": .number(progress.fraction),
            "rate": .optional(rate), "remaining_seconds": .optional(remaining),
        ])
    }
}

extension CatalogReader {
    /// A study with everything that its page shows.
    /// - Parameter workers: the number of concurrent runs, for the time estimate.
    package func studyJSON(_ study: StudyRecord, _ progress: StudyProgress, workers: Int) throws -> JSONValue {
        guard !progress.isFinished else { return StudyJSON.full(study, progress, rate: nil, remaining: nil) }
        let running = try running(ofStudy: study.id)
        let rates = running.compactMap(\.rate)
        return StudyJSON.full(
            study, progress, rate: rates.isEmpty ? nil : rates.reduce(0, +),
            remaining: TimeEstimate(work: try work(ofStudy: study.id), running: running).remaining(workers: workers))
    }
}
