public import Canonical
internal import Numerics

/// Distance of images to the manifold of a polygon data set: the minimum squared Euclidean distance to any image that its recipe can generate.
///
/// The result is an upper bound that a longer search can only lower: starting from the nearest polygons of a dense random set, a pattern
/// search varies the rotation and the corner positions, halving its step size when no move improves.
/// - Source: Lucic et al. 2018, section 5.2, specifies only gradient descent with restarts.
public struct PolygonManifold: Sendable {
    /// Search parameters; part of the evaluation protocol.
    public struct Options: Sendable, Hashable {
        /// Size of the dense set, which is the start of the training split.
        public let dense: Int
        /// Number of starts per image.
        public let restarts: Int
        /// First and last step size, as fractions of the parameter range.
        public let firstStep: Double
        /// Last step size, as a fraction of the parameter range.
        public let lastStep: Double

        /// Creates options; the defaults are those of the metric `manifold`.
        public init(dense: Int = 10_000, restarts: Int = 5, firstStep: Double = 0.0625, lastStep: Double = 0.001953125) {
            (self.dense, self.restarts, self.firstStep, self.lastStep) = (dense, restarts, firstStep, lastStep)
        }

        /// The options as in the evaluation protocol.
        public var json: JSONValue {
            [
                "dense": .integer(Int64(dense)), "first_step": .number(firstStep), "last_step": .number(lastStep), "method": "pattern-search-1",
                "restarts": .integer(Int64(restarts)),
            ]
        }
    }

    /// The search parameters.
    public let options: Options
    private let generator: PolygonGenerator
    /// Parameters of the dense set, each rotation and corners on [0, 1).
    private let parameters: [[Double]]
    private let dense: Matrix
    /// The value of a pixel by its count of sample points outside of the polygon.
    private let values: [Double]

    /// Nil unless the data set consists of polygons with a fixed number of corners.
    public init?(_ dataset: DatasetDescription, options: Options = Options()) {
        guard case .polygons(let recipe) = dataset.origin, recipe.corners.count == 1 else { return nil }
        self.options = options
        let generator = PolygonGenerator(recipe)
        self.generator = generator
        let stream = RandomStream(seed: recipe.seed, name: "polygons/train")
        parameters = (0..<options.dense).map { image in
            stream.words(step: UInt64(image), count: 2 + recipe.corners.upperBound).dropFirst().map { Double($0) / 4_294_967_296 }
        }
        let values = generator.values
        self.values = values
        var counts = [UInt8](repeating: 0, count: recipe.shape.elements)[...]
        var elements: [Double] = []
        elements.reserveCapacity(options.dense * counts.count)
        for place in parameters {
            generator.draw(place, into: &counts)
            elements += counts.lazy.map { values[Int($0)] }
        }
        dense = Matrix(rows: options.dense, columns: recipe.shape.elements, elements: elements)
    }

    /// The squared distances of images to the manifold.
    /// - Parameter enough: a distance below it ends the search of its image and is returned
    /// - Shapes: images [count, height * width] in any range -> [count]
    public func squaredDistances(of images: [Float], enough: Double = 0) -> [Double] {
        let points = Matrix(images, columns: dense.columns)
        var result: [Double] = []
        points.squaredDistances(to: dense) { rows, block in
            for (place, row) in rows.enumerated() {
                let image = points.rows(row..<row + 1).elements
                let starts = block.smallest(options.restarts, ofRow: place)
                result.append(
                    starts.reduce(.infinity) { $0 < enough ? $0 : Swift.min($0, descend(image, from: parameters[$1], enough: enough)) })
            }
        }
        return result
    }

    /// The minimum squared distance found by a pattern search, or the first one below `enough`.
    private func descend(_ image: [Double], from start: [Double], enough: Double) -> Double {
        var counts = [UInt8](repeating: 0, count: image.count)[...]
        var (place, best) = (start, distance(image, start, &counts)), step = options.firstStep
        while step >= options.lastStep, best >= enough {
            var hasMoved = false
            for coordinate in place.indices {
                for sign in [1.0, -1.0] {
                    let moved = self.moved(place, coordinate, by: sign * step)
                    let value = distance(image, moved, &counts, enough: best)
                    if value < best { (place, best, hasMoved) = (moved, value, true) }
                }
            }
            if !hasMoved { step /= 2 }
        }
        return best
    }

    /// The rotation is periodic, except the notebook's small one; corners stay in their sectors.
    private func moved(_ place: [Double], _ coordinate: Int, by amount: Double) -> [Double] {
        var result = place
        let value = place[coordinate] + amount
        let goesRound = coordinate == 0 && generator.recipe.variant == .clean
        result[coordinate] = goesRound ? value - value.rounded(.down) : Swift.max(0, Swift.min(value, 1))
        return result
    }

    /// The squared distance, or any value not below `enough` if it is not below either.
    private func distance(_ image: [Double], _ parameters: [Double], _ counts: inout ArraySlice<UInt8>, enough: Double = .infinity) -> Double {
        generator.draw(parameters, into: &counts)
        let width = generator.recipe.shape.width
        var total = 0.0
        for row in stride(from: 0, to: image.count, by: width) where total < enough {
            for pixel in row..<row + width {
                let difference = image[pixel] - values[Int(counts[pixel])]
                total += difference * difference
            }
        }
        return total
    }
}

extension PolygonGenerator {
    /// The image for a rotation and corner positions, each in [0, 1], as sample counts.
    fileprivate func draw(_ parameters: [Double], into counts: inout ArraySlice<UInt8>) {
        let words = parameters.map { UInt32(Swift.min(Swift.max($0, 0) * 4_294_967_296, 4_294_967_295)) }
        draw(polygon(from: [0] + words), into: &counts)
    }

    /// The value of a pixel by its count, as the data set would hold it.
    fileprivate var values: [Double] {
        (0...recipe.subpixels * recipe.subpixels).map { Double(Float($0) / Float(recipe.subpixels * recipe.subpixels)) }
    }
}
