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
        /// The split of the data set that generated images are compared with.
        public var referenceSplit: String
        /// Images on each side.
        public var samples: Int

        public init(encoder: String, every: Int, metrics: [String] = ["fid"], referenceSplit: String, samples: Int) {
            self.encoder = encoder
            self.every = every
            self.metrics = metrics
            self.referenceSplit = referenceSplit
            self.samples = samples
        }

        public var json: JSONValue {
            .object([
                "encoder": .string(encoder),
                "every": .integer(Int64(every)),
                "metrics": .array(metrics.map { .string($0) }),
                "reference_split": .string(referenceSplit),
                "samples": .integer(Int64(samples)),
            ])
        }
    }
}

extension Specification.Evaluation {
    /// Reads the field "evaluation" of a specification or a plan. What it leaves out follows from the data set.
    init(_ fields: inout FieldReader, steps: Int, dataset: DatasetFacts) throws(FieldError) {
        let empty = try FieldReader([:], path: fields.path(of: "evaluation"))
        var inner = try fields.optionalObject("evaluation") ?? empty
        encoder = try inner.optionalOneOf("encoder", [dataset.defaultEncoder]) ?? dataset.defaultEncoder
        every = try inner.optionalInteger("every", in: 1...steps) ?? max(1, steps / 8)
        metrics = try Self.metrics(&inner) ?? SpecificationLimits.defaultMetrics
        for name in metrics {
            if let problem = Self.problem(of: name, dataset) { throw inner.error("metrics", "\"\(name)\" needs \(problem)") }
        }
        referenceSplit = try inner.optionalOneOf("reference_split", dataset.splits.keys.sorted()) ?? "test"
        let size = dataset.splits[referenceSplit] ?? 0
        guard size >= SpecificationLimits.minimumSamples else {
            throw inner.error("reference_split", "\"\(referenceSplit)\" of \(dataset.name) has \(size) images, too few")
        }
        guard referenceSplit != "train" || !metrics.contains("memorisation") else {
            throw inner.error("reference_split", "\"memorisation\" compares training images with held-out ones: the reference split must not be \"train\"")
        }
        samples = try inner.optionalInteger("samples", in: SpecificationLimits.minimumSamples...size) ?? min(10_000, size)
        try inner.finish()
    }

    /// What a metric needs and the data set cannot give, in words.
    private static func problem(of metric: String, _ dataset: DatasetFacts) -> String? {
        switch MetricChoice.named(metric)?.needs {
        case .manifold where !dataset.hasManifold: "a data set whose manifold is known: polygons with one number of corners"
        case .modes where !dataset.hasModes: "a mixture whose modes are known, such as the data sets ring and grid"
        case .probabilities where dataset.isPoints: "class probabilities, and points have no encoder that gives them"
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
}
