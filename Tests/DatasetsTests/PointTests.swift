import Canonical
import Numerics
import TestSupport
import Testing

@testable import Datasets

@Suite struct PointTests {
    private func coordinates(_ split: DatasetSplit) -> [(Double, Double)] {
        let values = split.images(at: 0..<split.count)
        return (0..<split.count).map { (Double(values[2 * $0]), Double(values[2 * $0 + 1])) }
    }

    @Test(arguments: [(PointRecipe.ring, 8), (.grid, 25)]) func mixtures(recipe: PointRecipe, count: Int) throws {
        let modes = try #require(recipe.modes)
        #expect(modes.centers.count == count && recipe.classes == count && Set(modes.centers).count == count)
        let split = PointGenerator(recipe: recipe).split("train", count: 20_000)
        let labels = try #require(split.labels)
        var sums = [(n: Int, x: Double, y: Double, squares: Double)](repeating: (0, 0, 0, 0), count: count)
        for (point, label) in zip(coordinates(split), labels) {
            let x = (point.0 - modes.centers[Int(label)][0]) / modes.deviation, y = (point.1 - modes.centers[Int(label)][1]) / modes.deviation
            #expect(x * x + y * y < 36)
            let s = sums[Int(label)]
            sums[Int(label)] = (s.n + 1, s.x + x, s.y + y, s.squares + x * x + y * y)
        }
        for s in sums {
            let n = Double(s.n)
            #expect(abs(n - 20_000 / Double(count)) < 5 * n.squareRoot())
            #expect(abs(s.x) < 5 * n.squareRoot() && abs(s.y) < 5 * n.squareRoot() && abs(s.squares / (2 * n) - 1) < 5 / n.squareRoot())
        }
    }

    @Test func constants() throws {
        let ring = try #require(PointRecipe.ring.modes), grid = try #require(PointRecipe.grid.modes)
        for center in ring.centers { #expect(abs((center[0] * center[0] + center[1] * center[1]).squareRoot() - 2 / 1.414) < 1e-12) }
        #expect(ring.deviation == 0.02 / 1.414 && grid.deviation == 0.05 / 2.828)
        #expect(grid.centers.first == [-4 / 2.828, -4 / 2.828] && grid.centers.last == [4 / 2.828, 4 / 2.828] && grid.centers[1][0] == -2 / 2.828)
        #expect(PointRecipe.swissRoll.modes == nil && PointRecipe.swissRoll.classes == 0)
    }

    /// Every point of the roll lies within six standard deviations of the curve.
    @Test func roll() {
        let split = PointGenerator(recipe: .swissRoll).split("train", count: 2000)
        let curve = (0...3000).map { k in
            let turns = 0.75 * (1 + 2 * Double(k) / 3000), t = turns * 2 * Double.pi, (c, s) = cosineAndSine(turns: turns)
            return (t * c / 7.5, t * s / 7.5)
        }
        var radii: [Double] = []
        for point in coordinates(split) {
            let nearest = curve.map { ($0.0 - point.0) * ($0.0 - point.0) + ($0.1 - point.1) * ($0.1 - point.1) }.min()!
            #expect(nearest.squareRoot() < 6 * 0.25 / 7.5)
            radii.append((point.0 * point.0 + point.1 * point.1).squareRoot())
        }
        #expect(radii.min()! < 0.9 && radii.max()! > 1.7 && split.labels == nil)
    }

    @Test(arguments: [PointRecipe.ring, .grid, .swissRoll]) func aLongerSplitBeginsWithAShorterOne(recipe: PointRecipe) {
        let generator = PointGenerator(recipe: recipe)
        let long = generator.split("train", count: 300), short = generator.split("train", count: 100)
        #expect(long.images(at: 0..<100) == short.images(at: 0..<100))
        #expect(generator.split("test", count: 100).pixels != short.pixels)
    }

    @Test(arguments: ["ring", "grid", "swiss-roll"]) func pinnedDigests(name: String) throws {
        let folder = try TemporaryFolder()
        let dataset = try DatasetStore(root: folder.path).load(name)
        #expect(dataset.splits.map(\.count) == [100_000, 10_000])
        #expect(try DatasetStore(root: folder.path).status(of: name).description.kind == .points)
    }
}
