public import Canonical

/// What is known about a data set before it is loaded.
public struct DatasetDescription: Sendable, Hashable {
    /// Where the content comes from.
    public enum Origin: Sendable, Hashable {
        /// The program draws them.
        case polygons(PolygonRecipe)
        /// The program draws them.
        case points(PointRecipe)
        /// IDX files, one pair for each split, in the order of `splits`.
        case idx([IDXPair])
        /// The archives or the Python batches of CIFAR-10.
        case cifar10(CIFARFiles)
        /// The folder of CelebA's aligned images.
        case celebA(ImageRule)
        /// Files of one's own, taken in by `DatasetStore.add(own:)`. The store keeps what is known of them.
        case own
    }

    /// The images and the labels of one split, as files.
    public struct IDXPair: Sendable, Hashable {
        public let images: ExpectedFile
        public let labels: ExpectedFile
    }

    /// A file that must be there, with or without ".gz", and what its uncompressed content must be.
    public struct ExpectedFile: Sendable, Hashable {
        public let name: String
        public let digest: PublishedDigest
    }

    /// The name in specifications, on the command line and in addresses.
    public let name: String
    /// The name for people.
    public let title: String
    /// One sentence about the content.
    public let summary: String
    public let origin: Origin
    public var kind: DatasetKind = .images
    public let shape: ImageShape
    /// Number of classes, or 0 without labels.
    public let classes: Int
    public let splits: [SplitSize]
    /// The digest that the loaded data set has; nil for one whose digest is only known once it was added.
    public var digest: Digest?
    /// The data set from whose labels an encoder for these images is trained: itself, or a labelled relative; nil where there is none.
    public let encoderDataset: String?
    /// Where the files can be had; empty where they have to be fetched by hand.
    public var downloads: [DatasetDownload] = []

    /// Whether the program makes it, so that nothing has to be added.
    public var isMadeByProgram: Bool {
        switch origin {
        case .polygons, .points: true
        case .idx, .cifar10, .celebA, .own: false
        }
    }

    /// The modes of a mixture, for points that have some.
    public var modes: MixtureModes? {
        if case .points(let recipe) = origin { recipe.modes } else { nil }
    }

    /// Whether `PolygonManifold` knows every image that could belong to it.
    public var hasManifold: Bool {
        if case .polygons(let recipe) = origin { recipe.corners.count == 1 } else { false }
    }

    /// Images in all splits together.
    public var images: Int { splits.reduce(0) { $0 + $1.count } }

    /// The description with this name among those that the program knows; `DatasetStore.description(named:)` also finds one's own.
    /// - Errors: `DatasetError.unknownDataset`, naming those that there are.
    public static func named(_ name: String) throws(DatasetError) -> DatasetDescription {
        guard let description = all.first(where: { $0.name == name }) else {
            throw .unknownDataset(name: name, known: all.map(\.name))
        }
        return description
    }
}
