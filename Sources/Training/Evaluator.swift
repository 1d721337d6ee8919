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
    private let samples: Int
    private let reference: ReferenceImages
    private let metrics: [(choice: MetricChoice, estimator: MetricEstimator, protocolDigest: Digest)]
    /// The evaluation protocols, one per metric.
    let protocols: [EvaluationProtocol]
    private var fit: GaussianFit?

    /// - Errors: of the data set; `TrainingError.unknownMetric`, `noClasses`
    init(_ specification: Specification, encoder: Encoder, dataset: ImageDataset, models: [any StudyModel] = ModelCatalog.all) throws {
        self.encoder = encoder
        samples = specification.evaluation.samples
        let reference = try ReferenceImages(specification, encoder: encoder, dataset: dataset)
        self.reference = reference
        let condition = models.model(named: specification.model)?.condition
        let measured = try specification.evaluation.metrics.map { name in
            let (choice, estimator) = try Self.choice(name, specification)
            guard choice.needs != .probabilities || encoder.classes > 0 else { throw TrainingError.noClasses(metric: name, encoder: encoder.name) }
            let meaning = Self.meaning(
                of: name, estimator, specification, (encoder.name, encoder.digest), referenceSamples: reference.count, condition: condition)
            return (choice: choice, estimator: estimator, meaning: meaning)
        }
        metrics = measured.map { ($0.choice, $0.estimator, $0.meaning.digest) }
        protocols = measured.map(\.meaning)
    }

    private static func choice(_ name: String, _ specification: Specification) throws(TrainingError) -> (MetricChoice, MetricEstimator) {
        let options = specification.evaluation.options[name]
        guard let choice = MetricChoice.named(name), let estimator = MetricEstimator.named(name, options: choice.options(with: options)) else {
            throw .unknownMetric(name)
        }
        return (choice, estimator)
    }

    private static func meaning(
        of metric: String, _ estimator: MetricEstimator, _ specification: Specification, _ encoder: (name: String, digest: Digest), referenceSamples: Int,
        condition: String?
    ) -> EvaluationProtocol {
        EvaluationProtocol(
            metric: metric, encoder: encoder.name, encoderDigest: encoder.digest, samples: specification.evaluation.samples,
            referenceSplit: specification.evaluation.referenceSplit, referenceSamples: referenceSamples, datasetDigest: specification.dataset.digest,
            latentStream: latentStream, estimator: estimator.name, options: estimator.options, condition: condition)
    }

    /// The evaluation protocols of a specification, one per metric. A specification never requests more samples than the reference split has.
    /// - Errors: `FieldError`, `TrainingError.unknownMetric`
    static func protocols(of json: JSONValue, encoder: String, digest: Digest, models: [any StudyModel]) throws -> [EvaluationProtocol] {
        let specification = try Specification(canonical: json, models: models.schemas)
        let condition = models.model(named: specification.model)?.condition
        return try specification.evaluation.metrics.map { name in
            let estimator = try choice(name, specification).1
            return meaning(
                of: name, estimator, specification, (encoder, digest), referenceSamples: specification.evaluation.samples, condition: condition)
        }
    }

    /// The values that are due, metric by metric. One that cannot be computed is there without a value.
    /// - Errors: `MetricError.notFinite` where the generator gives numbers that are not finite.
    func measure(_ sampler: Sampler, isLast: Bool) throws -> [Measurement] {
        let due = metrics.filter { isLast || !$0.choice.isCostly }
        if due.isEmpty { return [] }
        var wishes = GeneratedImages.Wishes()
        for metric in due {
            wishes.features = wishes.features || metric.estimator.wishes.features
            wishes.logits = wishes.logits || metric.estimator.wishes.logits
            wishes.pixels = wishes.pixels || metric.estimator.wishes.pixels
            wishes.sampler = wishes.sampler || metric.estimator.wishes.sampler
        }
        let generated = try GeneratedImages(sampler, encoder, count: samples, wishes: wishes)
        return try due.flatMap { metric in
            let used = min(samples, metric.estimator.most ?? samples)
            return try Self.measurements(metric.choice, metric.protocolDigest, samples: used) { try metric.estimator.values(generated, reference, referenceFit) }
        }
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
