public import Canonical

extension Specification {
    /// When and how a run is evaluated.
    public struct Evaluation: Sendable, Hashable {
        /// The feature extractor.
        public var encoder: String
        /// Steps between evaluations.
        public var every: Int
        /// Names of `MetricChoice`, unique and sorted. Expensive ones are computed only after the last step.
        public var metrics: [String]
        /// Non-default options by metric (`MetricChoice.options`); metrics without any are absent.
        public var options: [String: Hyperparameters]
        /// The reference split of the data set.
        public var referenceSplit: String
        /// Number of images in each set.
        public var samples: Int

        /// Creates a value from its parts.
        public init(encoder: String, every: Int, metrics: [String] = SpecificationLimits.defaultMetrics, options: [String: Hyperparameters] = [:], referenceSplit: String, samples: Int) {
            self.encoder = encoder
            self.every = every
            self.metrics = metrics
            self.options = options
            self.referenceSplit = referenceSplit
            self.samples = samples
        }

        /// The field "evaluation".
        public var json: JSONValue {
            var members: [String: JSONValue] = [
                "encoder": .string(encoder),
                "every": .integer(Int64(every)),
                "metrics": .array(metrics.map { .string($0) }),
                "reference_split": .string(referenceSplit),
                "samples": .integer(Int64(samples)),
            ]
            // Omitted if all options have defaults, so specifications keep the digest from before options existed.
            if !options.isEmpty { members["options"] = .object(options.mapValues(\.json)) }
            return .object(members)
        }
    }
}

extension Specification.Evaluation {
    /// Reads the field "evaluation" of a specification or plan. Omitted fields are derived from the data set and the models.
    /// - Parameter models: the models that are trained; empty to accept the metrics of any
    init(_ fields: inout FieldReader, steps: Int, dataset: DatasetFacts, models: [ModelSchema] = []) throws(FieldError) {
        let empty = try FieldReader([:], path: fields.path(of: "evaluation"))
        var inner = try fields.optionalObject("evaluation") ?? empty
        encoder = try Self.encoder(&inner, dataset)
        every = try inner.optionalInteger("every", in: 1...steps) ?? max(1, steps / 8)
        metrics = try Self.metrics(&inner) ?? ModelSchema.defaultMetrics(of: models)
        options = try Self.options(&inner, of: metrics)
        for name in metrics {
            if let problem = Self.problem(of: name, dataset, encoder, models) { throw inner.error("metrics", "\"\(name)\" needs \(problem)") }
        }
        referenceSplit = try inner.optionalOneOf("reference_split", dataset.splits.keys.sorted()) ?? "test"
        let size = dataset.splits[referenceSplit] ?? 0, least = SpecificationLimits.minimumSamples(of: metrics)
        guard size >= least else {
            throw inner.error("reference_split", Self.tooFew(size, referenceSplit, dataset, needed: least))
        }
        guard referenceSplit != "train" || !metrics.contains("memorisation") else {
            throw inner.error("reference_split", "\"memorisation\" compares training images with held-out images: the reference split must not be \"train\"")
        }
        samples = try inner.optionalInteger("samples", in: least...size) ?? min(10_000, size)
        if let wanted = Self.samples(options), wanted.count > samples {
            throw FieldError(
                path: inner.path(of: "options.\(wanted.metric).samples"),
                problem: .rule("\(wanted.count) exceeds the evaluation's \(samples) samples"))
        }
        try inner.finish()
    }

    /// The feature extractor. The name of an imported one may be given without the start of its digest, which the specification then has.
    private static func encoder(_ fields: inout FieldReader, _ dataset: DatasetFacts) throws(FieldError) -> String {
        if case .string(let name)? = fields.optionalValue("encoder"), !dataset.encoders.contains(name),
            let whole = dataset.encoders.first(where: { $0.hasPrefix(name + ".") && $0.utf8.count == name.utf8.count + 13 })
        {
            return whole
        }
        return try fields.optionalOneOf("encoder", dataset.encoders) ?? dataset.encoders[0]
    }

    private static func tooFew(_ size: Int, _ split: String, _ dataset: DatasetFacts, needed: Int) -> String {
        let what = dataset.splits[split] == nil ? "there is no split \"\(split)\" in \(dataset.name)" : "\"\(split)\" of \(dataset.name) has \(size) images"
        let others = dataset.splits.sorted { $0.key < $1.key }.filter { $0.value >= needed }.map { "\"\($0.key)\" (\($0.value))" }
        return "\(what); evaluations need at least \(needed)"
            + (others.isEmpty ? "; add the data set with a larger test split" : "; allowed: \(others.joined(separator: ", "))")
    }

    /// Whether any of some models generates images for low-resolution ones; true for no models.
    private static func generates(_ models: [ModelSchema]) -> Bool { models.isEmpty || models.contains { $0.condition == ModelSchema.lowResolution } }

    /// The requirement of a metric that the data set or the models do not meet.
    private static func problem(of metric: String, _ dataset: DatasetFacts, _ encoder: String, _ models: [ModelSchema]) -> String? {
        switch MetricChoice.named(metric)?.needs {
        case .likelihood where !models.isEmpty && !models.contains(where: \.hasLikelihood):
            "a model that defines the likelihood of examples; \(models.map(\.name).joined(separator: ", ")) \(models.count == 1 ? "does" : "do") not"
        case .lowResolution where !dataset.hasLowResolution, .perceptual where !dataset.hasLowResolution:
            "a data set with low-resolution images, which \(dataset.name) does not have; they are added with fidelio dataset add --low-resolution"
        case .lowResolution where !generates(models), .perceptual where !generates(models):
            "a model that generates images for low-resolution images; \(models.map(\.name).joined(separator: ", ")) \(models.count == 1 ? "does" : "do") not"
        case .perceptual where dataset.perceptual.isEmpty:
            "an imported network of LPIPS that reads the images of \(dataset.name); add one with fidelio extractor add lpips-alex --size HEIGHTxWIDTH"
        case .perceptual where !dataset.perceptual.contains(encoder):
            "a network of LPIPS, which the encoder \"\(encoder)\" is not; allowed: \(dataset.perceptual.joined(separator: ", "))"
        case .manifold where !dataset.hasManifold: "a data set with a known manifold: polygons with a fixed number of corners"
        case .modes where !dataset.hasModes: "a mixture with known modes: the data sets ring and grid"
        case .probabilities where dataset.classifiers.isEmpty:
            "class probabilities; \(dataset.isPoints ? "points have" : "\(dataset.name), without labels, has") no feature extractor that provides them"
        case .probabilities where !dataset.classifiers.contains(encoder):
            "class probabilities, which the encoder \"\(encoder)\" does not provide; allowed: \(dataset.classifiers.joined(separator: ", "))"
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
            "samples", in: SpecificationLimits.minimumSamples(of: metrics)...SpecificationLimits.maximumSamples)
        try inner.finish()
    }

    /// The unique metrics, sorted by name.
    private static func metrics(_ fields: inout FieldReader) throws(FieldError) -> [String]? {
        guard let names = try fields.optionalStrings("metrics", count: 1...16) else { return nil }
        for (index, name) in names.enumerated() {
            let place = fields.path(of: "metrics[\(index)]")
            guard SpecificationLimits.metrics.contains(name) else {
                throw .unknownMetric(name, path: place, known: SpecificationLimits.metrics)
            }
            guard !names[..<index].contains(name) else {
                throw FieldError(path: place, problem: .rule("duplicate metric \"\(name)\""))
            }
        }
        return names.sorted()
    }

    /// The field "options": by metric an object of its options.
    private static func options(_ fields: inout FieldReader, of metrics: [String]) throws(FieldError) -> [String: Hyperparameters] {
        guard var inner = try fields.optionalObject("options") else { return [:] }
        if let stranger = inner.keys.first(where: { !metrics.contains($0) }) {
            throw inner.error(stranger, "is not one of the evaluation's metrics: \(metrics.joined(separator: ", "))")
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

    /// The first metric with its own number of samples.
    private static func samples(_ options: [String: Hyperparameters]) -> (metric: String, count: Int)? {
        for (metric, values) in options.sorted(by: { $0.key < $1.key }) {
            if case .integer(let count)? = values["samples"] { return (metric, count) }
        }
        return nil
    }
}
