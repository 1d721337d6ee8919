public import Canonical

/// The encoder of events.
extension RunEvent {
    /// The line with its line feed: canonical JSON, so equal events have equal bytes.
    public var line: [UInt8] { Array((json.canonicalText + "\n").utf8) }

    /// The event as a JSON object.
    public var json: JSONValue {
        var members = kind.members
        members["time"] = .number(time)
        members["type"] = .string(kind.name)
        return .object(members)
    }
}

extension RunEvent.Kind {
    /// The value of the field `type`.
    public var name: String {
        switch self {
        case .log: "log"
        case .started: "started"
        case .phase: "phase"
        case .progress: "progress"
        case .metrics: "metrics"
        case .samples: "samples"
        case .protocolContent: "protocol"
        case .extractor: "extractor"
        case .evaluation: "evaluation"
        case .checkpoint: "checkpoint"
        case .finished: "finished"
        case .unknown(let name): name
        }
    }

    fileprivate var members: [String: JSONValue] {
        switch self {
        case .log(let version): ["version": .integer(Int64(version))]
        case .started(let start): start.members
        case .phase(let phase, let fraction): ["phase": .string(phase)].adding("fraction", fraction.map { .number($0) })
        case .progress(let step, let steps, let rate, let remaining):
            ["step": .integer(Int64(step))].adding("steps", steps.map { .integer(Int64($0)) }).adding("rate", rate.map { .number($0) })
                .adding("remaining", remaining.map { .number($0) })
        case .metrics(let step, let values):
            ["step": .integer(Int64(step)), "values": .object(values.reduce(into: [:]) { $0[$1.name] = .number($1.value) })]
        case .samples(let samples): samples.members
        case .protocolContent(let told): ["digest": .string(told.digest), "protocol": told.content]
        case .extractor(let told): ["digest": .string(told.digest), "name": .string(told.name), "provenance": told.provenance]
        case .evaluation(let evaluation): evaluation.members
        case .checkpoint(let checkpoint): checkpoint.members
        case .finished(let end): end.members
        case .unknown: [:]
        }
    }
}

extension RunEvent.Start {
    fileprivate var members: [String: JSONValue] {
        ["step": .integer(Int64(step)), "resumed": .bool(resumed)].adding("threads", threads.map { .integer(Int64($0)) })
            .adding("kernels", kernels.map { .string($0) }).adding("host", host.map { .string($0) }).adding("pid", process.map { .integer(Int64($0)) })
            .adding("program", program.map { .string($0) }).adding("provenance", provenance)
    }
}

extension RunEvent.Samples {
    fileprivate var members: [String: JSONValue] {
        [
            "step": .integer(Int64(step)), "file": .string(file), "digest": .string(digest), "rows": .integer(Int64(rows)),
            "columns": .integer(Int64(columns)), "width": .integer(Int64(width)), "height": .integer(Int64(height)), "channels": .integer(Int64(channels)),
        ]
    }
}

extension RunEvent.Evaluation {
    fileprivate var members: [String: JSONValue] {
        [
            "step": .integer(Int64(step)), "metric": .string(metric), "value": value.map { .number($0) } ?? .null, "protocol": .string(protocolDigest),
            "encoder": .string(encoder), "encoder_digest": .string(encoderDigest), "samples": .integer(Int64(samples)),
            "reference_split": .string(referenceSplit),
        ].adding("problem", problem.map { .string($0) })
    }
}

extension RunEvent.Checkpoint {
    fileprivate var members: [String: JSONValue] {
        [
            "step": .integer(Int64(step)), "digest": .string(digest), "bytes": .integer(bytes), "final": .bool(final),
            "metrics": .object(best.mapValues(\.json)),
        ].adding("weights", weights.map { .string($0) })
    }
}

extension [String: JSONValue] {
    /// A copy with one more member, unless the value is nil.
    fileprivate func adding(_ key: String, _ value: JSONValue?) -> [String: JSONValue] {
        guard let value else { return self }
        var members = self
        members[key] = value
        return members
    }
}
