public import Canonical
internal import Numerics

/// How far images are from the manifold of a data set of polygons: the least squared Euclidean distance to any image that its recipe can draw.
///
/// The distance is an upper bound that more work can only lower: for each image the nearest of a dense set of drawn polygons are found, and from
/// each of them a pattern search moves the rotation and the places of the corners, halving its steps where no move helps.
/// - Source: Lucic et al. 2018, section 5.2, asks for gradient descent with restarts and says no more.
public struct PolygonManifold: Sendable {
    public struct Options: Sendable, Hashable {
        /// Drawn polygons among which the starts are found: the first of the training split.
        public let dense: Int
        /// Starts of each search.
        public let restarts: Int
        /// First and last step, in parts of the range of a parameter.
        public let firstStep: Double
        public let lastStep: Double

        public init(dense: Int = 10_000, restarts: Int = 5, firstStep: Double = 0.0625, lastStep: Double = 0.001953125) {
            (self.dense, self.restarts, self.firstStep, self.lastStep) = (dense, restarts, firstStep, lastStep)
        }

        public var json: JSONValue {
            [
                "dense": .integer(Int64(dense)), "first_step": .number(firstStep), "last_step": .number(lastStep), "method": "pattern-search-1",
                "restarts": .integer(Int64(restarts)),
            ]
        }
    }

    public let options: Options
    private let generator: PolygonGenerator
    /// Parameters of the dense set, each rotation and corners on [0, 1).
    private let parameters: [[Double]]
    private let dense: Matrix
    /// The value of a pixel by its count of sample points outside of the polygon.
    private let values: [Double]

    /// Nil unless the data set is of polygons with one number of corners.
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

    /// - Parameter enough: a distance below it ends the search of its image, and is returned as it is then
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

    /// The least squared distance that a pattern search finds, or the first one below `enough`.
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

    /// The rotation goes round, unless it is the notebook's small one; corners stay in their sectors.
    private func moved(_ place: [Double], _ coordinate: Int, by amount: Double) -> [Double] {
        var result = place
        let value = place[coordinate] + amount
        let goesRound = coordinate == 0 && generator.recipe.variant == .clean
        result[coordinate] = goesRound ? value - value.rounded(.down) : Swift.max(0, Swift.min(value, 1))
        return result
    }

    /// The squared distance, or any number that is not below `enough` where it is not either.
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
    /// The image of a rotation and places of corners, each in [0, 1], as counts of sample points.
    fileprivate func draw(_ parameters: [Double], into counts: inout ArraySlice<UInt8>) {
        let words = parameters.map { UInt32(Swift.min(Swift.max($0, 0) * 4_294_967_296, 4_294_967_295)) }
        draw(polygon(from: [0] + words), into: &counts)
    }

    /// The value of a pixel by its count, as the data set would hold it.
    fileprivate var values: [Double] {
        (0...recipe.subpixels * recipe.subpixels).map { Double(Float($0) / Float(recipe.subpixels * recipe.subpixels)) }
    }
}
