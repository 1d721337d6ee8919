internal import Canonical
internal import Datasets
internal import Metrics
internal import Numerics

/// The low-resolution images of a split as 8-bit levels, and their bicubic enlargements.
final class LowResolutionLevels {
    /// The size of a low-resolution image.
    let size: PictureSize
    private let source: SplitBatches
    private let enlarging: BicubicResampler
    private let reducing: BicubicResampler
    /// The images that were read before, by index: metric after metric asks for them.
    private var known: [Int: [UInt8]] = [:]

    /// - Returns: nil if the data set has no low-resolution images
    init?(_ split: DatasetSplit, of dataset: ImageDataset) {
        guard let small = dataset.lowResolution?.shape(of: split.shape) else { return nil }
        size = PictureSize(height: small.height, width: small.width, channels: small.channels)
        source = SplitBatches(split, of: dataset)
        enlarging = BicubicResampler(height: small.height, width: small.width, toHeight: split.shape.height, toWidth: split.shape.width)
        reducing = BicubicResampler(height: split.shape.height, width: split.shape.width, toHeight: small.height, toWidth: small.width)
    }

    /// The low-resolution image of an example.
    func image(at index: Int) -> [UInt8] {
        if let image = known[index] { return image }
        var values = [Float](repeating: 0, count: size.elements)
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            unsafe source.copy(ExampleField.lowResolution, of: ExampleBatch(indices: [index], first: index, seed: 0), into: buffer)
        }
        let image = values.map { UInt8(saturating: ($0 * 255).rounded()) }
        known[index] = image
        return image
    }

    /// Its bicubic enlargement to the size of the images.
    func enlarged(at index: Int) -> [UInt8] { enlarging.resampled(image(at: index), channels: size.channels) }

    /// An image reduced to the size of the low-resolution images, by the rule that makes them from images.
    func reduced(_ image: [UInt8]) -> [UInt8] { reducing.resampled(image, channels: size.channels) }
}
