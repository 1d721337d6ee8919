package import Canonical
package import Catalog
import Events

/// How evaluations of checkpoints look to the outside.
package enum EvaluationJobJSON {
    /// - Parameters:
    ///   - values: what it measured; nil leaves the field out.
    ///   - attempts: the tries to execute it; nil leaves the field out.
    package static func full(_ job: EvaluationJob, values: [EvaluationRecord]? = nil, attempts: [AttemptRecord]? = nil) -> JSONValue {
        var fields: [String: JSONValue] = [
            "id": .string(job.id), "run": .string(job.runID), "study": .optional(job.study), "step": .count(job.step),
            "checkpoint": .string(job.checkpoint), "evaluation": JSONValue(stored: job.request)["evaluation"] ?? .object([:]),
            "state": .string(job.state.rawValue), "outcome": .optional(job.outcome?.rawValue), "message": .string(job.message),
            "cancelling": .bool(job.cancelling), "images": .count(job.done), "images_total": .optional(job.total), "rate": .optional(job.rate),
            "remaining_seconds": .optional(job.remaining),
            "phase": job.phase.map { .object(["name": .string($0), "fraction": .optional(job.phaseFraction)]) } ?? .null,
            "threads": .optional(job.threads), "kernels": .optional(job.kernels), "program": .optional(job.program), "restarts": .count(job.restarts),
            "created": .number(job.created), "started": .optional(job.started), "finished": .optional(job.finished),
        ]
        if let values { fields["values"] = .array(values.map(RunJSON.evaluation)) }
        if let attempts { fields["attempts"] = .array(attempts.map(RunJSON.attempt)) }
        return .object(fields)
    }
}
