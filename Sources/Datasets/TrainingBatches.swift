import Numerics

/// The examples of a training split in the form in which training reads them: crops of the stored images, where the data set has windows (`TrainingWindows`); for a data set with flips, half
/// of the examples are mirrored from left to right.
///
/// Whether the example at a position of the run's order is mirrored is bit 0 of the word at that index of the stream "data/flip" with the run's seed, so the same image is drawn
/// anew in every epoch. All images of an example (`images`, `low_resolution`) are mirrored together.
public struct TrainingBatches: BatchSource {
    private let examples: SplitBatches
    private let flips: Bool
    private let crops: TrainingCrops?

    /// Makes a source of the training examples of `split`, which belongs to `dataset`.
    public init(_ split: DatasetSplit, of dataset: ImageDataset) {
        examples = SplitBatches(split, of: dataset)
        flips = dataset.flips
        crops = TrainingCrops(split, of: dataset)
    }

    /// The fields of the data set.
    public var fields: [ExampleField] { examples.fields }
    /// The number of examples in the split.
    public var count: Int { examples.count }

    /// Writes one field of a batch (see `BatchSource`).
    public func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>) {
        if let crops, field != ExampleField.labels {
            unsafe crops.copy(field, of: batch, into: buffer)
        } else {
            unsafe examples.copy(field, of: batch, into: buffer)
        }
        guard flips, field != ExampleField.labels, let shape = fields.first(where: { $0.name == field })?.shape, shape.count == 3 else { return }
        let words = RandomStream(seed: batch.seed, name: "data/flip").words(step: 0, start: batch.first, count: batch.indices.count)
        for (place, word) in words.enumerated() where word & 1 == 1 {
            let size = shape[0] * shape[1] * shape[2]
            unsafe Self.mirror(UnsafeMutableBufferPointer(rebasing: buffer[place * size..<(place + 1) * size]), width: shape[1], channels: shape[2])
        }
    }

    private static func mirror(_ image: UnsafeMutableBufferPointer<Float>, width: Int, channels: Int) {
        for row in stride(from: 0, to: image.count, by: width * channels) {
            for column in 0..<width / 2 {
                for channel in 0..<channels {
                    unsafe image.swapAt(row + column * channels + channel, row + (width - 1 - column) * channels + channel)
                }
            }
        }
    }
}

/// The images and low-resolution images of training examples that are crops of stored images.
private struct TrainingCrops: Sendable {
    private let windows: StoredWindows
    private let rule: TrainingWindows
    private let shape: ImageShape
    private let lowResolution: LowResolution?
    private let resampler: BicubicResampler?

    /// Nil for a data set without windows.
    init?(_ split: DatasetSplit, of dataset: ImageDataset) {
        guard let rule = dataset.windows, let windows = split.windows else { return nil }
        (self.windows, self.rule, shape, lowResolution) = (windows, rule, dataset.shape, dataset.lowResolution)
        resampler = dataset.lowResolution?.shape(of: dataset.shape).map {
            BicubicResampler(height: dataset.shape.height, width: dataset.shape.width, toHeight: $0.height, toWidth: $0.width)
        }
    }

    func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>) {
        let step = TrainingWindows.step(lowResolution)
        let corners = rule.corners(of: batch.indices, first: batch.first, seed: batch.seed, images: shape, step: step)
        let size = buffer.count / Swift.max(1, batch.indices.count)
        for (place, index) in batch.indices.enumerated() {
            let (row, column) = corners[place], target = unsafe UnsafeMutableBufferPointer(rebasing: buffer[place * size..<(place + 1) * size])
            if field == ExampleField.images {
                unsafe windows.copyCrop(of: index, row: row, column: column, shape: shape, into: target)
            } else if let kind = lowResolution, let small = kind.shape(of: shape) {
                if let given = windows.lowResolution {
                    unsafe given.copyCrop(of: index, row: row / kind.scale, column: column / kind.scale, shape: small, into: target)
                } else if let reduced = resampler?.resampled(windows.levels(at: index, row: row, column: column, shape: shape), channels: small.channels) {
                    for (i, level) in reduced.enumerated() { unsafe target[i] = Float(level) / 255 }
                }
            }
        }
    }
}
