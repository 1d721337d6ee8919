import Canonical

/// The data sets that Fidelio knows. A new one is one more entry here; its digest is what the first loading prints as "actual".
extension DatasetDescription {
    public static let all = [polygons, polygons80k, polygonsStudy, polygonsLabelled, mnist]

    /// Triangles, few enough to be there at once.
    public static let polygons = DatasetDescription(
        polygons: "polygons", title: "Convex polygons (triangles)",
        summary: "12,000 dark triangles on white, drawn by the program: the manifold of the study, at a size for demonstrations.",
        recipe: PolygonRecipe(), splits: [SplitSize("train", 10_000), SplitSize("test", 2_000)],
        digest: "9188b055da2dc08f6ceff3c8f53993216cb4286ada9d14b6c9baaa7f4e8129f7")

    /// Triangles in the study's number.
    public static let polygons80k = DatasetDescription(
        polygons: "polygons-80k", title: "Convex polygons (80,000 triangles)",
        summary: "80,000 dark triangles on white, split like the study's; the smaller set holds the first images of each split.",
        recipe: PolygonRecipe(), splits: studySplits,
        digest: "db04cff0a978a133e8c6056e5b2a17e89951a1477cb10f6fa403b446c739a3d4")

    /// Triangles drawn as the study's notebook draws them.
    public static let polygonsStudy = DatasetDescription(
        polygons: "polygons-study", title: "Convex polygons (the study's notebook)",
        summary: "80,000 dark triangles on white by the notebook's algorithm, with its small rotation and its shifted sample points.",
        recipe: PolygonRecipe(variant: .notebook), splits: studySplits,
        digest: "725506c5a79991d468acb5e390b05113ca7c647c2bc8c0620ffcb02b069e912e")

    /// Polygons with their number of corners as label, from which the encoder of all polygons learns.
    public static let polygonsLabelled = DatasetDescription(
        polygons: "polygons-labelled", title: "Convex polygons by number of corners",
        summary: "12,000 dark polygons on white with 3 to 7 corners; the class is the number of corners less 3.",
        recipe: PolygonRecipe(corners: 3...7), splits: [SplitSize("train", 10_000), SplitSize("test", 2_000)],
        digest: "cfbe77d6dda9df9ad00124a2beebcdb9627e3cb688a1f0d08590d4c61dde8afd")

    /// Handwritten digits.
    public static let mnist = DatasetDescription(
        name: "mnist", title: "MNIST", summary: "70,000 handwritten digits by Y. LeCun, C. Cortes and C. J. C. Burges, from their four IDX files.",
        origin: .idx([
            IDXPair(
                images: ExpectedFile("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                labels: ExpectedFile("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")),
            IDXPair(
                images: ExpectedFile("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                labels: ExpectedFile("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")),
        ]),
        shape: ImageShape(height: 28, width: 28, channels: 1), classes: 10,
        splits: [SplitSize("train", 60_000), SplitSize("test", 10_000)],
        digest: known("28e533edebbee8ba903949a3d490f09f42b27670dabf893a1c9e1c02d537aade"), encoderDataset: "mnist")

    private static let studySplits = [SplitSize("train", 60_000), SplitSize("test", 10_000), SplitSize("holdout", 10_000)]

    private init(polygons name: String, title: String, summary: String, recipe: PolygonRecipe, splits: [SplitSize], digest: String) {
        self.init(
            name: name, title: title, summary: summary, origin: .polygons(recipe), shape: recipe.shape, classes: recipe.classes,
            splits: splits, digest: Self.known(digest), encoderDataset: "polygons-labelled")
    }

    /// A digest from this source file.
    fileprivate static func known(_ hex: String) -> Digest {
        guard let digest = try? Digest(hex: hex) else { preconditionFailure("not a digest: \(hex)") }
        return digest
    }
}

extension DatasetDescription.ExpectedFile {
    fileprivate init(_ name: String, _ hex: String) {
        self.init(name: name, digest: DatasetDescription.known(hex))
    }
}
