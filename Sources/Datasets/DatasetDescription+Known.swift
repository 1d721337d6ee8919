import Canonical

/// The data sets that Fidelio knows. A new one is one more entry here; its digest is what the first loading prints as "actual".
extension DatasetDescription {
    public static let all = [
        polygons, polygons80k, polygonsStudy, polygonsLabelled, ring, grid, swissRoll, mnist, fashionMNIST, fashionMNISTApproximate, cifar10, celebA,
        celebA108,
    ]

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

    private static let studySplits = [SplitSize("train", 60_000), SplitSize("test", 10_000), SplitSize("holdout", 10_000)]

    private init(polygons name: String, title: String, summary: String, recipe: PolygonRecipe, splits: [SplitSize], digest: String) {
        self.init(
            name: name, title: title, summary: summary, origin: .polygons(recipe), shape: recipe.shape, classes: recipe.classes,
            splits: splits, digest: Self.known(digest), encoderDataset: "polygons-labelled")
    }

    /// A digest from the source files.
    static func known(_ hex: String) -> Digest {
        guard let digest = try? Digest(hex: hex) else { preconditionFailure("not a digest: \(hex)") }
        return digest
    }
}

extension DatasetDescription.ExpectedFile {
    init(_ name: String, _ hex: String) {
        self.init(name: name, digest: .sha256(DatasetDescription.known(hex)))
    }

    init(_ name: String, md5: String) { self.init(name: name, digest: .md5(md5)) }

    init(_ name: String, gitBlob: String) { self.init(name: name, digest: .gitBlob(gitBlob)) }
}
