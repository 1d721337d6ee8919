public import Canonical

/// Images in named splits, all of the same shape, with a class for every image or for none.
public struct ImageDataset: Sendable {
    /// The name of the data set.
    public let name: String
    /// The shape of an item.
    public let shape: ImageShape
    /// Number of classes, or 0 without labels.
    public let classes: Int
    /// The splits in order.
    public let splits: [DatasetSplit]
    /// The low-resolution partners of the images, if they have any.
    public let lowResolution: LowResolution?
    /// Whether half of the training examples are mirrored from left to right, drawn anew in every epoch (`TrainingBatches`).
    public let flips: Bool
    /// The size of the stored training images, where crops of them are drawn anew each time; nil where they are the examples.
    public let windows: TrainingWindows?
    /// SHA-256 of the canonical content (see `DatasetContent`), which does not include the name.
    public let digest: Digest

    /// Creates a data set and computes its digest.
    /// - Precondition: every split has this shape and the same pixel type; labels exist, and are below `classes`, exactly if `classes` > 0;
    ///   the scale of `lowResolution` divides the shape, and splits have given partners exactly if its kernel is "given"
    public init(name: String, shape: ImageShape, classes: Int, splits: [DatasetSplit], lowResolution: LowResolution? = nil, flips: Bool = false) {
        let content = DatasetContent(shape: shape, classes: classes, splits: splits, lowResolution: lowResolution, flips: flips)
        self.init(name: name, content: content, digest: content.digest)
    }

    /// Creates a data set with a known digest.
    init(name: String, content: DatasetContent, digest: Digest) {
        for split in content.splits {
            precondition(split.shape == content.shape, "split \(split.name) of \(split.shape) among images of \(content.shape)")
            precondition((split.labels != nil) == (content.classes > 0), "labels of split \(split.name) against \(content.classes) classes")
            precondition(split.labels?.allSatisfy { Int($0) < content.classes } ?? true, "a label of split \(split.name) is no class")
        }
        (self.name, self.digest) = (name, digest)
        (shape, classes, splits) = (content.shape, content.classes, content.splits)
        (lowResolution, flips, windows) = (content.lowResolution, content.flips, content.windows)
    }

    /// Rows.
    public var height: Int { shape.height }
    /// Columns.
    public var width: Int { shape.width }
    /// Channels.
    public var channels: Int { shape.channels }

    /// The split with this name.
    /// - Errors: `DatasetError.unknownSplit`, which lists the splits.
    public func split(_ name: String) throws(DatasetError) -> DatasetSplit {
        guard let split = splits.first(where: { $0.name == name }) else {
            throw .unknownSplit(name: name, dataset: self.name, known: splits.map(\.name))
        }
        return split
    }
}

/// Pixel values in the source's type: bytes stay bytes, so 60,000 digits take 47 MB instead of 188.
public enum ImagePixels: Sendable, Hashable {
    /// Integers from 0 to `white`; the value of a pixel is byte / white, one correctly rounded division.
    case bytes([UInt8], white: UInt8)
    /// Values in [0, 1].
    case floats([Float])

    /// Number of elements.
    public var count: Int {
        switch self {
        case .bytes(let values, _): values.count
        case .floats(let values): values.count
        }
    }
}
