public import Canonical
public import Datasets
internal import Numerics

/// The images of both splits of a data set, from which patches are cut. The splits share no image, so neither do their patches.
public struct PatchExperimentData: Sendable {
    /// The side of a patch.
    public static let side = 6

    let dataset: String
    let digest: Digest
    let train: DatasetSplit
    let test: DatasetSplit

    /// Creates the data.
    /// - Errors: `ExperimentError.needsImages` if an image is smaller than a patch
    public init(dataset: String, digest: Digest, train: DatasetSplit, test: DatasetSplit) throws(ExperimentError) {
        guard train.shape == test.shape, train.shape.height >= Self.side, train.shape.width >= Self.side else { throw .needsImages(dataset: dataset) }
        (self.dataset, self.digest, self.train, self.test) = (dataset, digest, train, test)
    }

    /// Patches at random places of random images: the mean of the channels, dequantized as (v + U[0, 1)) / 256 for a value v of 0...255.
    /// - Parameter step: of the streams `NAME/place` (image, row, and column of patch i at 3 i and following) and `NAME/noise`
    /// - Shapes: [count, 36]
    static func patches(_ count: Int, of split: DatasetSplit, seed: UInt64, name: String, step: UInt64) -> [Float] {
        let place = RandomStream(seed: seed, name: "experiment/parzen-patches/\(name)/place")
        let noise = RandomStream(seed: seed, name: "experiment/parzen-patches/\(name)/noise")
            .numbers(.uniform(low: 0, high: 1), step: step, count: count * side * side)
        let shape = split.shape, u = place.numbers(.uniform(low: 0, high: 1), step: step, count: 3 * count)
        func integer(_ index: Int, below limit: Int) -> Int { min(limit - 1, Int(u[index] * Float(limit))) }
        // Images in ascending order, each read once.
        let order = (0..<count).map { (image: integer(3 * $0, below: split.count), patch: $0) }.sorted { ($0.image, $0.patch) < ($1.image, $1.patch) }
        var patches = [Float](repeating: 0, count: count * side * side), pixels: [Float] = [], held = -1
        for (image, patch) in order {
            if image != held { (pixels, held) = (split.images(at: CollectionOfOne(image)), image) }
            let top = integer(3 * patch + 1, below: shape.height - side + 1), left = integer(3 * patch + 2, below: shape.width - side + 1)
            for y in 0..<side {
                for x in 0..<side {
                    let start = ((top + y) * shape.width + left + x) * shape.channels, target = (patch * side + y) * side + x
                    var sum: Float = 0
                    for channel in 0..<shape.channels { sum += pixels[start + channel] }
                    patches[target] = ((sum / Float(shape.channels) * 255).rounded() + noise[target]) / 256
                }
            }
        }
        return patches
    }
}
