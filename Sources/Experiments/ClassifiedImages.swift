public import Canonical
public import Datasets

/// Images and a feature extractor that also predicts classes, for experiments on FID and the inception score of changed pixels.
public struct ClassifiedImages {
    /// A feature extractor with class predictions.
    public struct Classifier {
        let name: String
        let digest: Digest
        let dimension: Int
        let classes: Int
        /// Features [count, dimension] and logits [count, classes] of images in [0, 1].
        let run: (_ images: [Float], _ count: Int) -> (features: [Float], logits: [Float])

        /// Creates a classifier.
        public init(name: String, digest: Digest, dimension: Int, classes: Int, run: @escaping (_ images: [Float], _ count: Int) -> (features: [Float], logits: [Float])) {
            (self.name, self.digest, self.dimension, self.classes, self.run) = (name, digest, dimension, classes, run)
        }
    }

    let train: ImageExperimentData.Images
    let test: DatasetSplit
    let foreign: ImageExperimentData.Images?
    let classifier: Classifier

    /// Creates the data.
    /// - Parameter foreign: images of another data set to mix in; without them that disturbance is skipped
    /// - Errors: `ExperimentError.needsLabels` for an extractor without classes; `badForeign` if the shape differs; `needsImages` for points
    public init(train: ImageExperimentData.Images, test: DatasetSplit, foreign: ImageExperimentData.Images?, classifier: Classifier) throws(ExperimentError) {
        guard train.split.shape.height > 1, train.split.shape.width > 1 else { throw .needsImages(dataset: train.dataset) }
        guard classifier.classes > 1 else { throw .needsLabels(dataset: train.dataset) }
        guard foreign.map({ $0.split.shape == train.split.shape }) ?? true else { throw .badForeign(foreign?.dataset ?? "", dataset: train.dataset) }
        (self.train, self.test, self.foreign, self.classifier) = (train, test, foreign, classifier)
    }
}
