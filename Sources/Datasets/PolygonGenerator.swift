import Numerics

/// Generates the images of a `PolygonRecipe`.
struct PolygonGenerator {
    let recipe: PolygonRecipe
    private let rasterizer: PolygonRasterizer

    init(_ recipe: PolygonRecipe) {
        self.recipe = recipe
        rasterizer = PolygonRasterizer(
            size: recipe.size, subpixels: recipe.subpixels, sampling: recipe.variant == .clean ? .centered : .shifted)
    }

    /// A split of `count` images. A longer split of the same name starts with the images of a shorter one.
    func split(_ name: String, count: Int, progress: (Int) -> Void) -> DatasetSplit {
        let size = recipe.shape.elements
        let stream = RandomStream(seed: recipe.seed, name: "polygons/\(name)")
        var pixels = [UInt8](repeating: 0, count: count * size)
        var labels: [UInt8] = []
        for image in 0..<count {
            let polygon = polygon(from: stream.words(step: UInt64(image), count: 2 + recipe.corners.upperBound))
            rasterizer.draw(polygon, into: &pixels[image * size..<(image + 1) * size])
            labels.append(UInt8(polygon.count - recipe.corners.lowerBound))
            if image % 1024 == 1023 { progress(image + 1) }
        }
        return DatasetSplit(
            name: name, shape: recipe.shape, pixels: .bytes(pixels, white: UInt8(rasterizer.white)),
            labels: recipe.classes > 0 ? labels : nil)
    }

    /// Rasterizes a polygon.
    func draw(_ polygon: [(x: Double, y: Double)], into pixels: inout ArraySlice<UInt8>) { rasterizer.draw(polygon, into: &pixels) }

    /// The corners, in pixels and in order of increasing angle, encoded by a row of random words: the number of corners, the rotation,
    /// and the position of each corner.
    func polygon(from words: [UInt32]) -> [(x: Double, y: Double)] {
        let count = recipe.corners.lowerBound + Int((UInt64(words[0]) * UInt64(recipe.corners.count)) >> 32)
        let rotation = fraction(words[1])
        let angles = (0..<count).map { turns(ofCorner: $0, of: count, at: fraction(words[2 + $0])) }
        var points = angles.map { placed($0, rotation: rotation) }
        center(&points)
        // The notebook's first axis is x; swapping the axes turns the order of the corners round.
        return recipe.variant == .notebook ? points.reversed().map { ($0.y, $0.x) } : points
    }

    private func fraction(_ word: UInt32) -> Double { Double(word) / 4_294_967_296 }

    /// The angle of a corner in turns: each corner has its own sector and keeps a minimum distance from its ends.
    private func turns(ofCorner corner: Int, of count: Int, at fraction: Double) -> Double {
        let sector = 360 / Double(count), margin = recipe.minimumAngle / 2
        let room = recipe.variant == .clean ? sector - 2 * margin : sector - margin
        return (Double(corner) * sector + margin + fraction * room) / 360
    }

    /// The corner at an angle on the circle with diameter `scale` images, rotated, in pixels, before centering.
    private func placed(_ turns: Double, rotation: Double) -> (x: Double, y: Double) {
        let radius = Double(recipe.size) * recipe.scale / 2
        switch recipe.variant {
        case .clean:
            let (cosine, sine) = cosineAndSine(turns: turns + rotation)
            return (radius * cosine, radius * sine)
        case .notebook:
            // The notebook rotates by radians(u * 2 * pi): the number of turns is u * 2 pi / 360.
            let (x, y) = cosineAndSine(turns: turns)
            let (c, s) = cosineAndSine(turns: rotation * 2 * Double.pi / 360)
            return (radius * (x * c + y * s), radius * (y * c - x * s))
        }
    }

    /// Moves the mean of the corners to the image center.
    private func center(_ points: inout [(x: Double, y: Double)]) {
        let count = Double(points.count), middle = Double(recipe.size) / 2
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        points = points.map { ($0.x - x + middle, $0.y - y + middle) }
    }
}
