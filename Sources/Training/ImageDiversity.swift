internal import Datasets
internal import Numerics

/// The diversity of generated images relative to that of the training images.
///
/// `CollapseRule.imageDiversity` applies to the ratio after the last step.
struct ImageDiversity {
    let generated: Double
    let real: Double

    var ratio: Double { real > 0 ? generated / real : 1 }

    /// Uses the first `count` evaluation latents and the first `count` images of the training split.
    init(_ sampler: Sampler, train: DatasetSplit, count: Int) {
        var images: [Float] = []
        sampler.images(stream: RandomStream(seed: 0, name: Evaluator.latentStream), count: count) { batch, _ in images += batch }
        generated = Self.deviation(of: images, count: count)
        let known = Swift.min(count, train.count)
        real = Self.deviation(of: train.images(at: 0..<known), count: known)
    }

    /// Root mean square over pixels of the standard deviation across images.
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
