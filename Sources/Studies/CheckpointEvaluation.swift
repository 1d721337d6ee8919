public import Canonical

/// An evaluation of a checkpoint that is not part of training: which archive is measured, and how.
public struct CheckpointEvaluation: Sendable, Hashable {
    /// The digest of the checkpoint's archive.
    public let checkpoint: Digest
    /// Metrics, options, feature extractor, reference split and number of images; `every` is 1 and has no effect.
    public let evaluation: Specification.Evaluation

    /// An evaluation as a person asks for it. Omitted fields are those of the run's own evaluations.
    /// - Parameters:
    ///   - json: an object with any of the fields encoder, metrics, options, reference_split and samples
    ///   - own: the evaluation of the run's specification
    ///   - dataset: the data set of the run
    /// - Errors: `FieldError` for the first field that is unknown, of a wrong kind, out of range, or not available for the data set
    public init(of checkpoint: Digest, asked json: JSONValue, own: Specification.Evaluation, dataset: DatasetFacts) throws(FieldError) {
        var asked = try FieldReader(json, path: "evaluation")
        for name in Self.fields { _ = asked.optionalValue(name) }
        try asked.finish()
        var members = Self.members(own).merging(json.objectValue ?? [:]) { $1 }
        // Options of the run's own metrics that are not asked for have no effect here.
        if !asked.contains("options"), let options = members["options"]?.objectValue, let metrics = members["metrics"]?.arrayValue {
            let left = options.filter { metrics.contains(.string($0.key)) }
            members["options"] = left.isEmpty ? nil : .object(left)
        }
        var fields = try FieldReader(["evaluation": .object(members)])
        self.checkpoint = checkpoint
        evaluation = Self.atAnyStep(try Specification.Evaluation(&fields, steps: 1, dataset: dataset))
    }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError` for anything else.
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        checkpoint = try fields.digest("checkpoint")
        let members = try fields.value("evaluation").objectValue ?? [:]
        try fields.finish()
        var inner = try FieldReader(["evaluation": .object(members.merging(["every": 1]) { $1 })])
        evaluation = try Specification.Evaluation(complete: &inner, steps: 1)
    }

    /// The canonical form, whose digest identifies the evaluation.
    public var json: JSONValue {
        ["checkpoint": .string(checkpoint.hex), "evaluation": .object(Self.members(evaluation))]
    }

    private static let fields = ["encoder", "metrics", "options", "reference_split", "samples"]

    private static func members(_ evaluation: Specification.Evaluation) -> [String: JSONValue] {
        (evaluation.json.objectValue ?? [:]).filter { $0.key != "every" }
    }

    private static func atAnyStep(_ evaluation: Specification.Evaluation) -> Specification.Evaluation {
        var evaluation = evaluation
        evaluation.every = 1
        return evaluation
    }

    /// Whether a value is measured as a run's own evaluations measure it, or would measure it if its specification named the metric: with the
    /// same feature extractor, reference split, number of images and options.
    /// - Parameters:
    ///   - value: the name of a value, such as "kid_deviation"
    ///   - evaluation, own: the field "evaluation" of two canonical forms
    public static func isOwn(_ value: String, of evaluation: JSONValue, as own: JSONValue) -> Bool {
        guard let metric = MetricChoice.all.first(where: { $0.values.contains { $0.name == value } })?.name else { return false }
        return ["encoder", "reference_split", "samples"].allSatisfy { evaluation[$0] == own[$0] }
            && evaluation["options"]?[metric] == own["options"]?[metric]
    }
}
