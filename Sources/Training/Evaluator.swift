internal import Canonical
internal import Datasets
internal import Metrics
internal import Studies
internal import Tensors

/// Measures a generator under the evaluation protocol of a specification: Gaussian fits to the features of N generated images and of the first N
/// images of the reference split.
final class Evaluator {
    static let latentStream = "evaluation/latents"

    let encoder: Encoder
    let protocolJSON: JSONValue
    let protocolDigest: Digest
    private let samples: Int
    private let reference: GaussianFit

    /// - Errors: of the data set, and `MetricError` where the reference images are too few.
    init(_ specification: Specification, encoder: Encoder, dataset: ImageDataset) throws {
        self.encoder = encoder
        samples = specification.evaluation.samples
        let split = try dataset.split(specification.evaluation.referenceSplit)
        var builder = GaussianFitBuilder(dimension: encoder.dimension)
        let count = Swift.min(samples, split.count)
        for start in stride(from: 0, to: count, by: 1000) {
            let range = start..<Swift.min(start + 1000, count)
            try builder.add(encoder.features(of: split.images(at: range), count: range.count))
        }
        reference = try builder.fit()
        protocolJSON = .object([
            "metric": "fid", "encoder": .string(encoder.name), "encoder_digest": .string(encoder.digest.hex), "samples": .integer(Int64(samples)),
            "reference_split": .string(split.name), "reference_samples": .integer(Int64(count)), "dataset": .string(dataset.digest.hex),
            "latent_stream": .string(Self.latentStream), "estimator": "frechet-1", "numerics": .integer(Int64(Version.numerics)),
        ])
        protocolDigest = Digest.sha256(protocolJSON.canonicalText)
    }

    /// The Frechet distance. - Errors: `MetricError.notFinite` where the generator gives numbers that are not finite.
    func frechetDistance(_ sampler: Sampler) throws -> Double {
        var builder = GaussianFitBuilder(dimension: encoder.dimension)
        try sampler.images(stream: RandomStream(seed: 0, name: Self.latentStream), count: samples) { images, count in
            try builder.add(encoder.features(of: images, count: count))
        }
        return try FrechetDistance.between(reference, builder.fit())
    }
}
