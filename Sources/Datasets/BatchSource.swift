/// A named array that every example of a data set has: "images" [height, width, channels], "labels" [classes],
/// "low_resolution" [height / scale, width / scale, channels].
public struct ExampleField: Sendable, Hashable, CustomStringConvertible {
    /// `images`, `labels`, or another name.
    public let name: String
    /// The shape of one example's part.
    public let shape: [Int]

    /// Makes a field.
    public init(name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }

    /// The name of the images, [height, width, channels].
    public static let images = "images"
    /// The name of the one-hot labels, [classes].
    public static let labels = "labels"
    /// The name of the low-resolution partners of the images, [height / scale, width / scale, channels] (see `LowResolution`).
    public static let lowResolution = "low_resolution"

    /// The number of values in one example's part.
    public var elements: Int { shape.reduce(1, *) }
    /// The name and the shape.
    public var description: String { "\"\(name)\" [\(shape.map(String.init).joined(separator: ","))]" }

    /// The fields of a data set: its images; if it has classes, its labels as one-hot rows; if it has them, the low-resolution images.
    static func fields(_ shape: ImageShape, classes: Int, lowResolution: LowResolution?) -> [ExampleField] {
        var fields = [ExampleField(name: images, shape: [shape.height, shape.width, shape.channels])]
        if classes > 0 { fields.append(ExampleField(name: labels, shape: [classes])) }
        if let small = lowResolution?.shape(of: shape) {
            fields.append(ExampleField(name: self.lowResolution, shape: [small.height, small.width, small.channels]))
        }
        return fields
    }
}

/// The examples of a batch.
public struct ExampleBatch: Sendable, Hashable {
    /// The examples, by their index in the source.
    public let indices: [Int]
    /// The position of the first example in the run's order; the others follow. A source that draws random numbers for an example, such as a crop
    /// position, draws at (seed, position), so that all fields of the example agree and batches are independent.
    public let first: Int
    /// The seed of the source's random draws.
    public let seed: UInt64

    /// Makes a batch.
    public init(indices: [Int], first: Int, seed: UInt64) {
        self.indices = indices
        self.first = first
        self.seed = seed
    }

    /// Examples in the source's order, wrapping around at the end, for uses outside a run's order.
    /// - Precondition: the source has an example.
    public init(_ range: Range<Int>, of source: any BatchSource) {
        self.init(indices: range.map { $0 % source.count }, first: range.lowerBound, seed: 0)
    }
}

/// A source of batches: examples by index, each with the same named fields.
public protocol BatchSource: Sendable {
    var fields: [ExampleField] { get }
    /// The number of examples.
    var count: Int { get }

    /// Writes one field of a batch, example after example. Depends only on its arguments.
    /// - Shapes: buffer [batch.indices.count] + the field's shape
    /// - Precondition: the field is one of `fields`, every index is in 0 ..< count, and the buffer holds exactly these examples.
    func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>)
}

/// The examples of a split, unchanged.
public struct SplitBatches: BatchSource {
    /// The split.
    public let split: DatasetSplit
    /// The fields of its data set.
    public let fields: [ExampleField]
    private let small: LowResolutionImages?

    /// Makes a source of the examples of `split`, which belongs to `dataset`.
    public init(_ split: DatasetSplit, of dataset: ImageDataset) {
        self.split = split
        fields = dataset.fields
        small = dataset.lowResolution.map { LowResolutionImages($0, of: split) }
    }

    /// The number of examples in the split.
    public var count: Int { split.count }

    /// Writes one field of a batch (see `BatchSource`).
    public func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>) {
        switch (field, small) {
        case (ExampleField.images, _): unsafe split.copyImages(at: batch.indices, into: buffer)
        case (ExampleField.labels, _): unsafe copyLabels(at: batch.indices, into: buffer)
        case (ExampleField.lowResolution, let small?): unsafe small.copy(at: batch.indices, into: buffer)
        default: preconditionFailure("the split \(split.name) has no field \(field), only \(fields)")
        }
    }

    /// One-hot rows.
    private func copyLabels(at indices: [Int], into buffer: UnsafeMutableBufferPointer<Float>) {
        let labels = split.labels(at: indices), classes = buffer.count / Swift.max(1, indices.count)
        precondition(buffer.count == classes * indices.count, "a buffer of \(buffer.count) for \(indices.count) rows")
        unsafe buffer.update(repeating: 0)
        for (row, label) in labels.enumerated() {
            precondition(Int(label) < classes, "label \(label) of \(classes) classes")
            unsafe buffer[row * classes + Int(label)] = 1
        }
    }
}

extension ImageDataset {
    /// What every example has.
    public var fields: [ExampleField] { ExampleField.fields(shape, classes: classes, lowResolution: lowResolution) }
}

extension DatasetDescription {
    /// What every example has.
    public var fields: [ExampleField] { ExampleField.fields(shape, classes: classes, lowResolution: lowResolution) }
}
