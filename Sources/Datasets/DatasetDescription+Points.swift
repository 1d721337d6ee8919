/// Generated points in the plane.
extension DatasetDescription {
    /// 8 Gaussians on a circle.
    public static let ring = DatasetDescription(
        points: .ring, name: "ring", title: "Ring of 8 Gaussians", summary: "110,000 points around 8 modes on a circle; the class is the mode.",
        digest: "e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128")

    /// 25 Gaussians on a grid.
    public static let grid = DatasetDescription(
        points: .grid, name: "grid", title: "Grid of 25 Gaussians", summary: "110,000 points around 25 modes on a square grid; the class is the mode.",
        digest: "21f2b90a6cb3edeaa3161f20e614d24abee322473e7b0fd4f8181d81da4b0a0c")

    /// A noisy Swiss roll.
    public static let swissRoll = DatasetDescription(
        points: .swissRoll, name: "swiss-roll", title: "Swiss roll", summary: "110,000 noisy points on a Swiss roll.",
        digest: "92471b22585853a4ef0d74c914b5c6ce439dbac0eb71e7e4ac00865d1fdcfb15")

    private init(points recipe: PointRecipe, name: String, title: String, summary: String, digest: String) {
        self.init(
            name: name, title: title, summary: summary, origin: .points(recipe), kind: .points, shape: recipe.shape, classes: recipe.classes,
            splits: [SplitSize("train", 100_000), SplitSize("test", 10_000)], digest: Self.known(digest), encoderDataset: nil)
    }
}
