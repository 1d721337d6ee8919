import Canonical
import Numerics

@testable import Experiments

/// Points in the plane with a known distribution: class c is centered at (3c, 0), with standard deviation 1 in both directions.
enum ExperimentsFixture {
    static func data(train: Int = 400, test: Int = 200, classes: Int = 4, hasLabels: Bool = true, hasLogits: Bool = false) -> ExperimentData {
        let train = split("train", train, classes, hasLabels)
        return ExperimentData(
            dataset: "made", datasetDigest: Digest.sha256("made"), encoder: "plane", encoderDigest: Digest.sha256("plane"), dimension: 2, classes: classes,
            train: train, test: split("test", test, classes, hasLabels), trainLogits: hasLogits ? logits(train.features, classes) : nil)
    }

    private static func split(_ name: String, _ count: Int, _ classes: Int, _ hasLabels: Bool) -> (features: [Float], labels: [UInt8]?) {
        var values = RandomStream(seed: 5, name: "experiments-tests/\(name)").numbers(.normal(mean: 0, deviation: 1), step: 0, count: 2 * count)
        let labels = (0..<count).map { UInt8($0 % classes) }
        for (row, label) in labels.enumerated() { values[2 * row] += 3 * Float(label) }
        return (values, hasLabels ? labels : nil)
    }

    /// A classifier that knows the centers of the classes: the log density of each, up to a constant.
    private static func logits(_ features: [Float], _ classes: Int) -> [Float] {
        stride(from: 0, to: features.count, by: 2).flatMap { place in
            (0..<classes).map { label in
                let distance = features[place] - 3 * Float(label)
                return -0.5 * distance * distance
            }
        }
    }
}
