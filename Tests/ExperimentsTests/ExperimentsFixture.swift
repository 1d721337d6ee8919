import Canonical
import Tensors

@testable import Experiments

/// Features of the plane whose distribution is known: class c stands around (3c, 0), with deviation 1 in both directions.
enum ExperimentsFixture {
    static func data(train: Int = 400, test: Int = 200, classes: Int = 4, hasLabels: Bool = true) -> ExperimentData {
        ExperimentData(
            dataset: "made", datasetDigest: Digest.sha256("made"), encoder: "plane", encoderDigest: Digest.sha256("plane"), dimension: 2, classes: classes,
            train: split("train", train, classes, hasLabels), test: split("test", test, classes, hasLabels))
    }

    private static func split(_ name: String, _ count: Int, _ classes: Int, _ hasLabels: Bool) -> (features: [Float], labels: [UInt8]?) {
        var values = RandomStream(seed: 5, name: "experiments-tests/\(name)").numbers(.normal(mean: 0, deviation: 1), step: 0, count: 2 * count)
        let labels = (0..<count).map { UInt8($0 % classes) }
        for (row, label) in labels.enumerated() { values[2 * row] += 3 * Float(label) }
        return (values, hasLabels ? labels : nil)
    }
}
