public import Canonical
public import Datasets
public import Metrics

/// Images, and encoders to look at them, for the experiments that change pixels.
public struct ImageExperimentData {
    /// Images of one data set with its name and digest.
    public struct Images: Sendable {
        public let dataset: String
        public let digest: Digest
        public let split: DatasetSplit

        public init(dataset: String, digest: Digest, split: DatasetSplit) {
            (self.dataset, self.digest, self.split) = (dataset, digest, split)
        }
    }

    let train: Images
    let test: DatasetSplit
    let foreign: Images?
    let encoders: [any FeatureExtractor]

    /// - Parameter foreign: images of another data set, to be mixed in; without them that degradation is left out.
    /// - Errors: `ExperimentError.badForeign` where their shape is another one; `needsImages` for points
    public init(train: Images, test: DatasetSplit, foreign: Images?, encoders: [any FeatureExtractor]) throws(ExperimentError) {
        precondition(encoders.count == 2, "an agreement of \(encoders.count) encoders")
        guard foreign.map({ $0.split.shape == train.split.shape }) ?? true else { throw .badForeign(foreign?.dataset ?? "", dataset: train.dataset) }
        guard train.split.shape.height > 1, train.split.shape.width > 1 else { throw .needsImages(dataset: train.dataset) }
        (self.train, self.test, self.foreign, self.encoders) = (train, test, foreign, encoders)
    }
}
