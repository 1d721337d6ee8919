public import Canonical

/// Images in named splits, all of one shape, with a class for each image or for none.
public struct ImageDataset: Sendable {
    public let name: String
    public let shape: ImageShape
    /// Number of classes, or 0 without labels.
    public let classes: Int
    public let splits: [DatasetSplit]
    /// SHA-256 of the canonical content (see `DatasetContent`), which the name is not part of.
    public let digest: Digest

    /// - Precondition: every split has this shape, and pixels of one kind; labels are there, and below `classes`, exactly where `classes` > 0.
    public init(name: String, shape: ImageShape, classes: Int, splits: [DatasetSplit]) {
        let content = DatasetContent(shape: shape, classes: classes, splits: splits)
        self.init(name: name, content: content, digest: content.digest)
    }

    /// With the digest of the content, where it is known already.
    init(name: String, content: DatasetContent, digest: Digest) {
        for split in content.splits {
            precondition(split.shape == content.shape, "split \(split.name) of \(split.shape) among images of \(content.shape)")
            precondition((split.labels != nil) == (content.classes > 0), "labels of split \(split.name) against \(content.classes) classes")
            precondition(split.labels?.allSatisfy { Int($0) < content.classes } ?? true, "a label of split \(split.name) is no class")
        }
        (self.name, self.digest) = (name, digest)
        (shape, classes, splits) = (content.shape, content.classes, content.splits)
    }

    public var height: Int { shape.height }
    public var width: Int { shape.width }
    public var channels: Int { shape.channels }

    /// The split with this name.
    /// - Errors: `DatasetError.unknownSplit`, naming those that there are.
    public func split(_ name: String) throws(DatasetError) -> DatasetSplit {
        guard let split = splits.first(where: { $0.name == name }) else {
            throw .unknownSplit(name: name, dataset: self.name, known: splits.map(\.name))
        }
        return split
    }
}
