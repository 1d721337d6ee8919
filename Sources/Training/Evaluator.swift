internal import Canonical
internal import Datasets
internal import Metrics
internal import Models
internal import Studies

/// Evaluates a generator under the metrics of a specification: N generated images against the first N of the reference split, with one pass of the feature
/// extractor for all metrics and one evaluation protocol per metric.
///
/// Costly metrics are computed after the last step only (`MetricChoice.isCostly`).
final class Evaluator {
    static let latentStream = "evaluation/latents"

    let encoder: Encoder
    private let specification: Specification
    private let models: [any StudyModel]
    private let samples: Int
    private let threads: Int
    private let reference: ReferenceImages
    private let metrics: [(choice: MetricChoice, estimator: MetricEstimator, protocolDigest: Digest)]
    /// The evaluation protocols, one per metric.
    let protocols: [EvaluationProtocol]
    private var fit: GaussianFit?

    /// - Parameters:
    ///   - threads: number of threads for covariances and the Frechet distance; no value depends on it
    ///   - storage: the storage folder that keeps what an imported extractor has computed of references
    /// - Errors: of the data set; `TrainingError.unknownMetric`, `noClasses`
    init(_ specification: Specification, encoder: Encoder, dataset: ImageDataset, threads: Int = 1, models: [any StudyModel] = ModelCatalog.all, storage: String? = nil) throws {
        self.encoder = encoder
        self.threads = threads
        (self.specification, self.models) = (specification, models)
        samples = specification.evaluation.samples
        let reference = try ReferenceImages(specification, encoder: encoder, dataset: dataset, threads: threads, storage: storage)
        self.reference = reference
        let condition = models.model(named: specification.model)?.condition
        let measured = try specification.evaluation.metrics.map { name in
            let (choice, estimator) = try Self.choice(name, specification, threads: threads)
            guard choice.needs != .probabilities || encoder.classes > 0 else { throw TrainingError.noClasses(metric: name, encoder: encoder.name) }
            let meaning = Self.meaning(
                of: choice, estimator, specification, (encoder.name, encoder.digest), referenceSamples: reference.count, condition: condition)
            return (choice: choice, estimator: estimator, meaning: meaning)
        }
        metrics = measured.map { ($0.choice, $0.estimator, $0.meaning.digest) }
        protocols = measured.map(\.meaning)
    }

    private static func choice(_ name: String, _ specification: Specification, threads: Int = 1) throws(TrainingError) -> (MetricChoice, MetricEstimator) {
        let options = specification.evaluation.options[name]
        guard let choice = MetricChoice.named(name), let estimator = MetricEstimator.named(name, options: choice.options(with: options), threads: threads) else {
            throw .unknownMetric(name)
        }
        return (choice, estimator)
    }

    private static func meaning(
        of metric: MetricChoice, _ estimator: MetricEstimator, _ specification: Specification, _ encoder: (name: String, digest: Digest), referenceSamples: Int,
        condition: String?
    ) -> EvaluationProtocol {
        // Without features, the extractor of the run's other metrics is no part of how the number was measured.
        let encoder = metric.usesExtractor ? encoder : (Encoder.none.name, Encoder.none.digest)
        return EvaluationProtocol(
            metric: metric.name, encoder: encoder.0, encoderDigest: encoder.1, samples: specification.evaluation.samples,
            referenceSplit: specification.evaluation.referenceSplit, referenceSamples: referenceSamples, datasetDigest: specification.dataset.digest,
            latentStream: latentStream, estimator: estimator.name, options: estimator.options, condition: condition)
    }

    /// The evaluation protocols of a specification, one per metric. A specification never requests more samples than the reference split has.
    /// - Errors: `FieldError`, `TrainingError.unknownMetric`
    static func protocols(of json: JSONValue, encoder: String, digest: Digest, models: [any StudyModel]) throws -> [EvaluationProtocol] {
        let specification = try Specification(canonical: json, models: models.schemas)
        let condition = models.model(named: specification.model)?.condition
        return try specification.evaluation.metrics.map { name in
            let (choice, estimator) = try choice(name, specification)
            return meaning(
                of: choice, estimator, specification, (encoder, digest), referenceSamples: specification.evaluation.samples, condition: condition)
        }
    }

    /// The values that are due, metric by metric. One that cannot be computed is there without a value.
    /// - Errors: `MetricError.notFinite` where the generator gives numbers that are not finite.
    func measure(_ sampler: Sampler, isLast: Bool) throws -> [Measurement] {
        var all: [Measurement] = []
        try measure(sampler, except: isLast ? [] : protocolDigests(where: \.isCostly)) { all += $0 }
        return all
    }

    /// The digests of the protocols of some metrics.
    private func protocolDigests(where isIncluded: (MetricChoice) -> Bool) -> Set<Digest> {
        Set(metrics.filter { isIncluded($0.choice) }.map(\.protocolDigest))
    }

    /// What an evaluation is doing, for those who wait for it.
    enum Stage {
        /// The feature extractor has processed `done` of `total` images, generated and reference images together.
        case images(done: Int, total: Int)
        /// A metric, by its name, is computed from the features.
        case metric(String)
    }

    /// Measures metric by metric.
    /// - Parameters:
    ///   - known: digests of the protocols whose values are not measured again.
    ///   - tell: called between batches and before each metric. What it throws ends the evaluation.
    ///   - receive: gets the values of each metric as soon as it is computed.
    /// - Errors: `MetricError.notFinite` where the generator gives numbers that are not finite.
    func measure(
        _ sampler: Sampler, except known: Set<Digest>, tell: (Stage) throws -> Void = { _ in }, receive: ([Measurement]) throws -> Void
    ) throws {
        let due = metrics.filter { !known.contains($0.protocolDigest) }
        if due.isEmpty { return }
        let requirements = Self.requirements(due.map(\.estimator)), total = imageCount(due.map(\.choice.name), requirements)
        var done = 0
        try withoutActuallyEscaping(tell) { tell in
            let count = { (number: Int) in
                done += number
                try tell(.images(done: Swift.min(done, total), total: total))
            }
            reference.onImages = count
            defer { reference.onImages = { _ in } }
            var generated: GeneratedImages
            if requirements.images {
                generated = try GeneratedImages(sampler, encoder, count: samples, requirements: requirements, threads: threads, onImages: count)
            } else {
                generated = requirements.levels ? try GeneratedImages(levelsOf: sampler, count: samples, onImages: count) : GeneratedImages(sampler)
            }
            let (specification, models) = (specification, models)
            generated.tempered = TemperedImages(count: samples, onImages: count) { try sampler.tempered($0, specification, models: models) }
            generated.latentMapping = { try sampler.latentMapping(specification, models: models) }
            for metric in due {
                try tell(.metric(metric.choice.name))
                let used = min(samples, metric.estimator.most ?? samples)
                try receive(
                    Self.measurements(metric.choice, metric.protocolDigest, samples: used) { try metric.estimator.values(generated, reference, referenceFit) })
            }
        }
    }

    /// What several estimators keep of the pass, all together.
    static func requirements(_ estimators: [MetricEstimator]) -> GeneratedImages.Requirements {
        estimators.reduce(into: GeneratedImages.Requirements(images: false)) { all, estimator in
            all.images = all.images || estimator.requirements.images
            all.features = all.features || estimator.requirements.features
            all.logits = all.logits || estimator.requirements.logits
            all.pixels = all.pixels || estimator.requirements.pixels
            all.levels = all.levels || estimator.requirements.levels
            all.temperatures.formUnion(estimator.requirements.temperatures)
            all.sampler = all.sampler || estimator.requirements.sampler
        }
    }

    /// How many images the feature extractor will process for some metrics.
    private func imageCount(_ names: [String], _ requirements: GeneratedImages.Requirements) -> Int {
        (requirements.images || requirements.levels ? samples : 0) + requirements.temperatures.count * samples
            + (names.contains("fid") && fit == nil && !reference.hasStoredFit ? reference.count : 0)
            + (requirements.features && !reference.knows(training: false) ? reference.count : 0)
            + (names.contains("memorisation") && !reference.knows(training: true) ? reference.trainingCount : 0)
    }

    private static func measurements(
        _ choice: MetricChoice, _ digest: Digest, samples: Int, _ compute: () throws -> [Double]
    ) throws -> [Measurement] {
        do {
            return zip(choice.values, try compute()).map { value, number in
                number.isFinite
                    ? Measurement(name: value.name, value: number, protocolDigest: digest, samples: samples)
                    : Measurement(name: value.name, value: nil, protocolDigest: digest, samples: samples, problem: "The value is not finite for these samples.")
            }
        } catch let error as MetricError {
            return choice.values.map { Measurement(name: $0.name, value: nil, protocolDigest: digest, samples: samples, problem: "\(error)") }
        }
    }

    private func referenceFit() throws -> GaussianFit {
        if let fit { return fit }
        let made = try reference.fit()
        fit = made
        return made
    }
}
