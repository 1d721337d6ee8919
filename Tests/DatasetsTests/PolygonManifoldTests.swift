import Testing

@testable import Datasets

@Suite struct PolygonManifoldTests {
    private func manifold(restarts: Int = 2, dense: Int = 400, of dataset: DatasetDescription = .polygons) throws -> PolygonManifold {
        try #require(PolygonManifold(dataset, options: .init(dense: dense, restarts: restarts)))
    }

    /// Images generated from other random numbers than the dense set.
    private func images(_ count: Int, _ recipe: PolygonRecipe = PolygonRecipe()) -> [Float] {
        PolygonGenerator(recipe).split("test", count: count) { _ in }.images(at: 0..<count)
    }

    @Test func onlyPolygonsOfOneKindHaveOne() {
        #expect(PolygonManifold(.mnist) == nil && PolygonManifold(.polygonsLabelled) == nil)
        #expect(DatasetDescription.polygons.hasManifold && DatasetDescription.polygonsStudy.hasManifold)
        #expect(!DatasetDescription.polygonsLabelled.hasManifold && !DatasetDescription.mnist.hasManifold)
    }

    @Test func imagesOfTheDenseSetAreOnIt() throws {
        for (dataset, variant) in [(DatasetDescription.polygons, PolygonRecipe.Variant.clean), (.polygonsStudy, .notebook)] {
            let own = PolygonGenerator(PolygonRecipe(variant: variant)).split("train", count: 3) { _ in }.images(at: 0..<3)
            #expect(try manifold(dense: 40, of: dataset).squaredDistances(of: own) == [0, 0, 0])
        }
    }

    /// Far below the threshold of 0.75 that classifies an image.
    @Test func unseenImagesAreNearItAndMoreWorkOnlyLowersTheBound() throws {
        let images = images(6)
        let once = try manifold(restarts: 1).squaredDistances(of: images), more = try manifold(restarts: 4).squaredDistances(of: images)
        #expect(more.allSatisfy { $0 < 0.3 }, "\(more)")
        #expect(zip(once, more).allSatisfy { $0 >= $1 } && once.contains { $0 > 0 })
    }

    @Test func aSearchMayEndAtAThresholdWithoutChangingWhatIsBelowIt() throws {
        let images = images(6) + [Float](repeating: 0.5, count: 784)
        let whole = try manifold().squaredDistances(of: images), threshold = whole.sorted()[3]
        let ended = try manifold().squaredDistances(of: images, enough: threshold)
        #expect(ended.map { $0 < threshold } == whole.map { $0 < threshold })
        #expect(zip(ended, whole).allSatisfy { $0 == $1 || ($0 > $1 && $0 < threshold) }, "\(whole) \(ended)")
    }

    @Test func whatIsNoPolygonIsFarAway() throws {
        let gray = [Float](repeating: 0.5, count: 784), white = [Float](repeating: 1, count: 784)
        // Half of a polygon's pixels wrong: a dark square in place of a triangle.
        let square = (0..<784).map { pixel -> Float in (8..<20).contains(pixel / 28) && (8..<20).contains(pixel % 28) ? 0 : 1 }
        let distances = try manifold().squaredDistances(of: gray + white + square)
        #expect(distances[0] > 150 && distances[1] > 5 && distances[2] > 5, "\(distances)")
    }

    /// A known offset: noise of squared length 2 outside of the polygon, which no polygon can reproduce.
    @Test func theDistanceIsThatOfThePixels() throws {
        var image = Array(PolygonGenerator(PolygonRecipe()).split("train", count: 1) { _ in }.images(at: 0..<1))
        for corner in [0, 27, 756, 783] { image[corner] -= Float(0.5).squareRoot() }
        #expect(abs(try manifold(dense: 40).squaredDistances(of: image)[0] - 2) < 1e-6)
    }
}
