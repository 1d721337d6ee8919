import Canonical
import Numerics
import TestSupport
import Testing

@testable import Datasets

@Suite struct PolygonTests {
    /// Inside or on the border: on one side of every edge.
    private func contains(_ polygon: [(x: Double, y: Double)], _ x: Double, _ y: Double) -> Bool {
        polygon.indices.allSatisfy { i in
            let a = polygon[i], b = polygon[(i + 1) % polygon.count]
            return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) >= 0
        }
    }

    private func words(_ seed: Int) -> [UInt32] {
        var random = TestRandom(seed: UInt64(seed))
        return (0..<12).map { _ in random.next() }
    }

    @Test("pixels count the sample points outside", arguments: [PolygonRecipe.Variant.clean, .notebook], [3...3, 4...7])
    func rasterizer(variant: PolygonRecipe.Variant, corners: ClosedRange<Int>) {
        let recipe = PolygonRecipe(corners: corners, variant: variant)
        let generator = PolygonGenerator(recipe)
        let (offset, first) = variant == .clean ? (0.5, 0) : (0, -3)
        for seed in 0..<4 {
            let polygon = generator.polygon(from: words(seed))
            var pixels = [UInt8](repeating: 0, count: 784)
            PolygonRasterizer(size: 28, subpixels: 8, sampling: variant == .clean ? .centered : .shifted).draw(polygon, into: &pixels[0..<784])
            var expected = [UInt8](repeating: 64, count: 784)
            for pixel in 0..<784 {
                for point in 0..<64 {
                    let row = pixel / 28 * 8 + first + point / 8, column = pixel % 28 * 8 + first + point % 8
                    guard row >= 0, column >= 0, row < 224, column < 224 else { continue }
                    if contains(polygon, (Double(column) + offset) / 8, (Double(row) + offset) / 8) { expected[pixel] -= 1 }
                }
            }
            #expect(pixels == expected)
        }
    }

    @Test("corners lie on a circle, in order, far enough apart, around the middle", arguments: [3...3, 3...7, 7...7])
    func corners(range: ClosedRange<Int>) {
        let recipe = PolygonRecipe(corners: range)
        let generator = PolygonGenerator(recipe)
        for seed in 0..<200 {
            let polygon = generator.polygon(from: words(seed))
            #expect(range.contains(polygon.count))
            let x = polygon.reduce(0) { $0 + $1.x } / Double(polygon.count), y = polygon.reduce(0) { $0 + $1.y } / Double(polygon.count)
            #expect(abs(x - 14) < 1e-12 && abs(y - 14) < 1e-12)
            for i in polygon.indices {
                let a = polygon[i], b = polygon[(i + 1) % polygon.count], c = polygon[(i + 2) % polygon.count]
                #expect((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) > 0)
                // A chord of at least 20 degrees on a circle of radius 10.5: 2 * 10.5 * sin(10 degrees).
                #expect(((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot() > 3.6466)
                #expect(a.x > 0 && a.x < 28 && a.y > 0 && a.y < 28)
            }
        }
    }

    @Test func everyNumberOfCornersIsEquallyLikely() {
        let generator = PolygonGenerator(PolygonRecipe(corners: 3...7))
        let split = generator.split("train", count: 1000) { _ in }
        for label in 0..<5 { #expect((160...240).contains(split.labels?.count { $0 == UInt8(label) } ?? 0)) }
    }

    @Test func notebookRotatesByDegreesOnly() {
        let generator = PolygonGenerator(PolygonRecipe(variant: .notebook))
        var still = words(1), turned = still
        (still[1], turned[1]) = (0, .max)
        let a = generator.polygon(from: still), b = generator.polygon(from: turned)
        // At most 2 pi degrees: a corner moves by less than the circle's diameter times 0.11.
        for (p, q) in zip(a, b) { #expect(abs(p.x - q.x) + abs(p.y - q.y) < 21 * 0.11 * 1.5) }
        #expect(zip(a, b).contains { $0.x != $1.x })
    }

    @Test func aSplitIsAFunctionOfSeedAndName() {
        let generator = PolygonGenerator(PolygonRecipe())
        let short = generator.split("train", count: 20) { _ in }, long = generator.split("train", count: 40) { _ in }
        #expect(short.images(at: 0..<20) == long.images(at: 0..<20))
        #expect(short.images(at: 0..<20) != generator.split("test", count: 20) { _ in }.images(at: 0..<20))
        #expect(short.images(at: 0..<20) != PolygonGenerator(PolygonRecipe(seed: 1)).split("train", count: 20) { _ in }.images(at: 0..<20))
        #expect(short.labels == nil)
    }

    @Test(
        "the first 100 images are those of the reference in Fixtures/polygons",
        arguments: [
            (PolygonRecipe(), "0307b227cf9902608156512242d53b5266e88a6459acf02baa1543350e87287c"),
            (PolygonRecipe(variant: .notebook), "cb63b1daafa6655aeb3aa7ca3b1b7efc97ffce7fd1009619f0d764fd8e8a2d6c"),
            (PolygonRecipe(corners: 3...7), "70bd0aef2aeed8ee1556c3d3e12795e754bae143621dcb1f56a50d9f0e9ae9cc"),
        ])
    func golden(recipe: PolygonRecipe, digest: String) {
        let split = PolygonGenerator(recipe).split("train", count: 100) { _ in }
        #expect(ImageDataset(name: "golden", shape: recipe.shape, classes: recipe.classes, splits: [split]).digest.hex == digest)
    }

    @Test func imagesAreDarkOnWhite() {
        let split = PolygonGenerator(PolygonRecipe()).split("train", count: 50) { _ in }
        for image in 0..<50 {
            let pixels = split.images(at: [image])
            #expect(pixels[0] == 1 && pixels.contains(0))
            let dark = pixels.reduce(0) { $0 + (1 - $1) }
            // The area of a triangle in a circle of radius 10.5 is at most 3 sqrt(3) / 4 * 10.5^2 = 143.2.
            #expect(dark > 5 && dark < 145)
        }
    }

    @Test("sines and cosines of known angles", arguments: [(0.0, 1.0, 0.0), (0.25, 0, 1), (0.5, -1, 0), (0.75, 0, -1), (1, 1, 0), (1.25, 0, 1)])
    func quarters(turns: Double, cosine: Double, sine: Double) {
        let (c, s) = cosineAndSine(turns: turns)
        #expect(c == cosine && s == sine)
    }

    @Test func anglesInBetween() {
        for i in 0...720 {
            let (c, s) = cosineAndSine(turns: Double(i) / 360)
            #expect(abs(c * c + s * s - 1) < 4e-16)
        }
        #expect(abs(cosineAndSine(turns: 1.0 / 6).cosine - 0.5) < 2e-16)
        #expect(abs(cosineAndSine(turns: 1.0 / 12).sine - 0.5) < 2e-16)
        #expect(abs(cosineAndSine(turns: 0.1).sine - 0.587_785_252_292_473_1) < 2e-16)
        #expect(abs(cosineAndSine(turns: 0.9).cosine - 0.809_016_994_374_947_5) < 2e-16)
    }
}
