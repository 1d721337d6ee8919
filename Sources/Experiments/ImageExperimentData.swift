public import Canonical
public import Datasets
public import Metrics

/// Images and feature extractors, for experiments that change pixels.
public struct ImageExperimentData {
    /// Images of one data set with its name and digest.
    public struct Images: Sendable {
        /// The name of the data set.
        public let dataset: String
        /// The digest of the data set.
        public let digest: Digest
        /// The images.
        public let split: DatasetSplit

        /// Creates a set of images with its provenance.
        public init(dataset: String, digest: Digest, split: DatasetSplit) {
            (self.dataset, self.digest, self.split) = (dataset, digest, split)
        }
    }

    let train: Images
    let test: DatasetSplit
    let foreign: Images?
    let encoders: [any FeatureExtractor]

    /// Creates the data.
    /// - Parameter foreign: images of another data set to mix in; without them that distortion is skipped
    /// - Precondition: exactly two extractors
    /// - Errors: `ExperimentError.badForeign` if their shape differs; `needsImages` for points
    public init(train: Images, test: DatasetSplit, foreign: Images?, encoders: [any FeatureExtractor]) throws(ExperimentError) {
        precondition(encoders.count == 2, "expected two feature extractors, got \(encoders.count)")
        guard foreign.map({ $0.split.shape == train.split.shape }) ?? true else { throw .badForeign(foreign?.dataset ?? "", dataset: train.dataset) }
        guard train.split.shape.height > 1, train.split.shape.width > 1 else { throw .needsImages(dataset: train.dataset) }
        (self.train, self.test, self.foreign, self.encoders) = (train, test, foreign, encoders)
    }
}
