/// A named array that every example of a data set has: "images" [height, width, channels], "labels" [classes].
public struct ExampleField: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    /// The shape of one example's part.
    public let shape: [Int]

    public init(name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }

    public static let images = "images"
    public static let labels = "labels"

    /// Numbers in one example's part.
    public var elements: Int { shape.reduce(1, *) }
    public var description: String { "\"\(name)\" [\(shape.map(String.init).joined(separator: ","))]" }

    /// The fields of a data set: its images and, where there are classes, its labels as one-hot rows.
    static func fields(_ shape: ImageShape, classes: Int) -> [ExampleField] {
        let images = ExampleField(name: images, shape: [shape.height, shape.width, shape.channels])
        return classes > 0 ? [images, ExampleField(name: labels, shape: [classes])] : [images]
    }
}

/// Which examples a batch consists of.
public struct ExampleBatch: Sendable, Hashable {
    /// The examples, by their index in the source.
    public let indices: [Int]
    /// The number of the first of them in the run's order; the others follow. A source that draws something for an example, such as where it crops, draws at (seed, number), so
    /// that all fields of the example agree and no batch depends on another.
    public let first: Int
    public let seed: UInt64

    public init(indices: [Int], first: Int, seed: UInt64) {
        self.indices = indices
        self.first = first
        self.seed = seed
    }

    /// Examples as they lie in the source, the first one again after the last, for uses outside of a run's order.
    /// - Precondition: the source has an example.
    public init(_ range: Range<Int>, of source: any BatchSource) {
        self.init(indices: range.map { $0 % source.count }, first: range.lowerBound, seed: 0)
    }
}

/// Where batches come from: examples by index, each with the same named fields.
public protocol BatchSource: Sendable {
    var fields: [ExampleField] { get }
    /// How many examples there are.
    var count: Int { get }

    /// Writes one field of a batch, example after example. A function of its arguments alone.
    /// - Shapes: buffer [batch.indices.count] + the field's shape
    /// - Precondition: the field is one of `fields`, every index is in 0 ..< count, and the buffer holds exactly these examples.
    func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>)
}

/// The examples of a split as they are.
public struct SplitBatches: BatchSource {
    public let split: DatasetSplit
    public let fields: [ExampleField]

    public init(_ split: DatasetSplit, of dataset: ImageDataset) {
        self.split = split
        fields = dataset.fields
    }

    public var count: Int { split.count }

    public func copy(_ field: String, of batch: ExampleBatch, into buffer: UnsafeMutableBufferPointer<Float>) {
        switch field {
        case ExampleField.images: unsafe split.copyImages(at: batch.indices, into: buffer)
        case ExampleField.labels: unsafe copyLabels(at: batch.indices, into: buffer)
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
    public var fields: [ExampleField] { ExampleField.fields(shape, classes: classes) }
}

extension DatasetDescription {
    /// What every example has.
    public var fields: [ExampleField] { ExampleField.fields(shape, classes: classes) }
}
