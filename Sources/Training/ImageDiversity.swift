internal import Datasets
internal import Numerics

/// How much generated images differ from each other, beside how much the data's do.
///
/// A run has collapsed where, after its last step, the deviation of its images is below a twentieth of that of as many training images: the
/// generator then gives nearly one image, whatever the latents.
struct ImageDiversity {
    /// The first latents of the evaluation and the first images of the training split.
    static let count = 256
    static let threshold = 0.05

    let generated: Double
    let real: Double

    var ratio: Double { real > 0 ? generated / real : 1 }
    var hasCollapsed: Bool { ratio < Self.threshold }

    init(_ sampler: Sampler, train: DatasetSplit) {
        var images: [Float] = []
        sampler.images(stream: RandomStream(seed: 0, name: Evaluator.latentStream), count: Self.count) { batch, _ in images += batch }
        generated = Self.deviation(of: images, count: Self.count)
        let count = Swift.min(Self.count, train.count)
        real = Self.deviation(of: train.images(at: 0..<count), count: count)
    }

    /// The root of the mean, over the numbers of an image, of their variance among the images.
    static func deviation(of images: [Float], count: Int) -> Double {
        let elements = images.count / count
        var total = 0.0
        for element in 0..<elements {
            let values = (0..<count).map { Double(images[$0 * elements + element]) }
            let mean = values.reduce(0, +) / Double(count)
            total += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        }
        return (total / Double(elements)).squareRoot()
    }
}
