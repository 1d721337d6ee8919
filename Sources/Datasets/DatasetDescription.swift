public import Canonical

/// What is known about a data set before it is loaded.
public struct DatasetDescription: Sendable, Hashable {
    /// Where the images come from.
    public enum Origin: Sendable, Hashable {
        /// The program draws them.
        case polygons(PolygonRecipe)
        /// IDX files, one pair for each split, in the order of `splits`.
        case idx([IDXPair])
    }

    /// The images and the labels of one split, as files.
    public struct IDXPair: Sendable, Hashable {
        public let images: ExpectedFile
        public let labels: ExpectedFile
    }

    /// A file that must be there, with or without ".gz", and what its uncompressed content must be.
    public struct ExpectedFile: Sendable, Hashable {
        public let name: String
        public let digest: Digest
    }

    /// The name in specifications, on the command line and in addresses.
    public let name: String
    /// The name for people.
    public let title: String
    /// One sentence about the content.
    public let summary: String
    public let origin: Origin
    public let shape: ImageShape
    /// Number of classes, or 0 without labels.
    public let classes: Int
    public let splits: [SplitSize]
    /// The digest that the loaded data set has.
    public let digest: Digest
    /// The data set from whose labels an encoder for these images is trained: itself, or a labelled relative.
    public let encoderDataset: String

    /// Whether the program makes it, so that nothing has to be added.
    public var isMadeByProgram: Bool {
        if case .polygons = origin { true } else { false }
    }

    /// Whether `PolygonManifold` knows every image that could belong to it.
    public var hasManifold: Bool {
        if case .polygons(let recipe) = origin { recipe.corners.count == 1 } else { false }
    }

    /// Images in all splits together.
    public var images: Int { splits.reduce(0) { $0 + $1.count } }

    /// The description with this name.
    /// - Errors: `DatasetError.unknownDataset`, naming those that there are.
    public static func named(_ name: String) throws(DatasetError) -> DatasetDescription {
        guard let description = all.first(where: { $0.name == name }) else {
            throw .unknownDataset(name: name, known: all.map(\.name))
        }
        return description
    }
}
