public import Canonical

/// The features of the two splits that an experiment compares, with their provenance.
public struct ExperimentData: Sendable {
    let dataset: String
    let datasetDigest: Digest
    let encoder: String
    let encoderDigest: Digest
    let classes: Int
    let train: FeatureTable
    let test: FeatureTable
    /// Logits of the training images; nil if the extractor predicts no classes.
    let trainLogits: FeatureTable?

    /// Creates the data.
    /// - Shapes: trainLogits [images, classes]; features [images, dimension] of the training and of the test split
    /// - Precondition: the features fill complete rows, with one label per row or none at all
    public init(
        dataset: String, datasetDigest: Digest, encoder: String, encoderDigest: Digest, dimension: Int, classes: Int,
        train: (features: [Float], labels: [UInt8]?), test: (features: [Float], labels: [UInt8]?), trainLogits: [Float]? = nil
    ) {
        (self.dataset, self.datasetDigest, self.encoder, self.encoderDigest, self.classes) = (dataset, datasetDigest, encoder, encoderDigest, classes)
        self.train = FeatureTable(dimension: dimension, features: train.features, labels: train.labels)
        self.test = FeatureTable(dimension: dimension, features: test.features, labels: test.labels)
        self.trainLogits = trainLogits.map { FeatureTable(dimension: classes, features: $0, labels: nil) }
    }

    /// The provenance as one sentence.
    func provenance(_ settings: ExperimentSettings) -> String {
        "Data set \(dataset) (\(datasetDigest.short)), feature extractor \(encoder) (\(encoderDigest.short)), seed \(settings.seed), numerics \(Version.numerics)."
    }

    func json(_ settings: ExperimentSettings, samples: Int) -> [String: JSONValue] {
        [
            "dataset": .string(dataset), "dataset_digest": .string(datasetDigest.hex), "encoder": .string(encoder),
            "encoder_digest": .string(encoderDigest.hex), "numerics": .integer(Int64(Version.numerics)), "samples": .integer(Int64(samples)),
            "reference_samples": .integer(Int64(test.count)), "draws": .integer(Int64(settings.draws)), "seed": .integer(Int64(settings.seed)),
        ]
    }
}
