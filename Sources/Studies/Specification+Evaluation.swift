public import Canonical

extension Specification {
    /// When and how a run is measured.
    public struct Evaluation: Sendable, Hashable {
        /// The network whose features are compared.
        public var encoder: String
        /// Steps between two evaluations.
        public var every: Int
        /// Names of `MetricChoice`, without repetition, in their order. Costly ones are computed after the last step only.
        public var metrics: [String]
        /// By metric what it is told otherwise than its defaults (`MetricChoice.options`); metrics with nothing of the kind are absent.
        public var options: [String: Hyperparameters]
        /// The split of the data set that generated images are compared with.
        public var referenceSplit: String
        /// Images on each side.
        public var samples: Int

        public init(encoder: String, every: Int, metrics: [String] = ["fid"], options: [String: Hyperparameters] = [:], referenceSplit: String, samples: Int) {
            self.encoder = encoder
            self.every = every
            self.metrics = metrics
            self.options = options
            self.referenceSplit = referenceSplit
            self.samples = samples
        }

        public var json: JSONValue {
            var members: [String: JSONValue] = [
                "encoder": .string(encoder),
                "every": .integer(Int64(every)),
                "metrics": .array(metrics.map { .string($0) }),
                "reference_split": .string(referenceSplit),
                "samples": .integer(Int64(samples)),
            ]
            // Absent where all is as usual: so specifications keep the digest that they had before there were options.
            if !options.isEmpty { members["options"] = .object(options.mapValues(\.json)) }
            return .object(members)
        }
    }
}

extension Specification.Evaluation {
    /// Reads the field "evaluation" of a specification or a plan. What it leaves out follows from the data set.
    init(_ fields: inout FieldReader, steps: Int, dataset: DatasetFacts) throws(FieldError) {
        let empty = try FieldReader([:], path: fields.path(of: "evaluation"))
        var inner = try fields.optionalObject("evaluation") ?? empty
        encoder = try inner.optionalOneOf("encoder", dataset.encoders) ?? dataset.encoders[0]
        every = try inner.optionalInteger("every", in: 1...steps) ?? max(1, steps / 8)
        metrics = try Self.metrics(&inner) ?? SpecificationLimits.defaultMetrics
        options = try Self.options(&inner, of: metrics)
        for name in metrics {
            if let problem = Self.problem(of: name, dataset, encoder) { throw inner.error("metrics", "\"\(name)\" needs \(problem)") }
        }
        referenceSplit = try inner.optionalOneOf("reference_split", dataset.splits.keys.sorted()) ?? "test"
        let size = dataset.splits[referenceSplit] ?? 0
        guard size >= SpecificationLimits.minimumSamples else {
            throw inner.error("reference_split", Self.tooFew(size, referenceSplit, dataset))
        }
        guard referenceSplit != "train" || !metrics.contains("memorisation") else {
            throw inner.error("reference_split", "\"memorisation\" compares training images with held-out ones: the reference split must not be \"train\"")
        }
        samples = try inner.optionalInteger("samples", in: SpecificationLimits.minimumSamples...size) ?? min(10_000, size)
        if let wanted = Self.samples(options), wanted.count > samples {
            throw FieldError(
                path: inner.path(of: "options.\(wanted.metric).samples"),
                problem: .rule("\(wanted.count) are more than the evaluation's \(samples) samples"))
        }
        try inner.finish()
    }

    private static func tooFew(_ size: Int, _ split: String, _ dataset: DatasetFacts) -> String {
        let needed = SpecificationLimits.minimumSamples
        let what = dataset.splits[split] == nil ? "there is no split \"\(split)\" in \(dataset.name)" : "\"\(split)\" of \(dataset.name) has \(size) images"
        let others = dataset.splits.sorted { $0.key < $1.key }.filter { $0.value >= needed }.map { "\"\($0.key)\" (\($0.value))" }
        return "\(what), and evaluations need at least \(needed)"
            + (others.isEmpty ? "; add the data set with a larger test split" : "; it can be \(others.joined(separator: " or "))")
    }

    /// What a metric needs and the data set cannot give, in words.
    private static func problem(of metric: String, _ dataset: DatasetFacts, _ encoder: String) -> String? {
        switch MetricChoice.named(metric)?.needs {
        case .manifold where !dataset.hasManifold: "a data set whose manifold is known: polygons with one number of corners"
        case .modes where !dataset.hasModes: "a mixture whose modes are known, such as the data sets ring and grid"
        case .probabilities where dataset.classifiers.isEmpty:
            "class probabilities, and \(dataset.isPoints ? "points have" : "\(dataset.name), without labels, has") no encoder that gives them"
        case .probabilities where !dataset.classifiers.contains(encoder):
            "class probabilities, which the encoder \"\(encoder)\" does not give; \(dataset.classifiers.joined(separator: ", ")) would"
        default: nil
        }
    }

    /// Reads the complete form.
    init(complete fields: inout FieldReader, steps: Int) throws(FieldError) {
        var inner = try fields.object("evaluation")
        encoder = try inner.name("encoder")
        every = try inner.integer("every", in: 1...steps)
        _ = try inner.value("metrics")
        metrics = try Self.metrics(&inner) ?? []
        options = try Self.options(&inner, of: metrics)
        referenceSplit = try inner.name("reference_split")
        samples = try inner.integer(
            "samples", in: SpecificationLimits.minimumSamples...SpecificationLimits.maximumSamples)
        try inner.finish()
    }

    /// The metrics without repetition, in the order of their names.
    private static func metrics(_ fields: inout FieldReader) throws(FieldError) -> [String]? {
        guard let names = try fields.optionalStrings("metrics", count: 1...16) else { return nil }
        for (index, name) in names.enumerated() {
            let place = fields.path(of: "metrics[\(index)]")
            guard SpecificationLimits.metrics.contains(name) else {
                throw FieldError(
                    path: place,
                    problem: .notOneOf(
                        actual: name, allowed: SpecificationLimits.metrics,
                        suggestion: Suggestion.nearest(to: name, among: SpecificationLimits.metrics)))
            }
            guard !names[..<index].contains(name) else {
                throw FieldError(path: place, problem: .rule("\"\(name)\" stands there a second time"))
            }
        }
        return names.sorted()
    }

    /// The field "options": by metric an object of its options.
    private static func options(_ fields: inout FieldReader, of metrics: [String]) throws(FieldError) -> [String: Hyperparameters] {
        guard var inner = try fields.optionalObject("options") else { return [:] }
        if let stranger = inner.keys.first(where: { !metrics.contains($0) }) {
            throw inner.error(stranger, "is none of the evaluation's metrics, which are \(metrics.joined(separator: ", "))")
        }
        var result: [String: Hyperparameters] = [:]
        for name in metrics {
            guard let choice = MetricChoice.named(name), let given = inner.optionalValue(name) else { continue }
            let options = try choice.options(reading: given, path: inner.path(of: name))
            if options.count > 0 { result[name] = options }
        }
        try inner.finish()
        return result
    }

    /// The first metric that asks for a number of samples of its own.
    private static func samples(_ options: [String: Hyperparameters]) -> (metric: String, count: Int)? {
        for (metric, values) in options.sorted(by: { $0.key < $1.key }) {
            if case .integer(let count)? = values["samples"] { return (metric, count) }
        }
        return nil
    }
}
