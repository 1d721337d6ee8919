public import Canonical
import Numerics

/// Where the real points lie: equally likely places, each with isotropic normal noise. So the density has a closed form for every distribution, drawn ones included.
public struct PlaneDistribution: Sendable, Hashable {
    /// The name in specifications.
    public let name: String
    /// The places, x then y.
    let places: [SIMD2<Double>]
    /// The standard deviation of the noise.
    public let deviation: Double
    /// Whether each place is a mode of its own.
    let hasModes: Bool
    /// What was drawn; empty for named distributions.
    let strokes: [[Double]]

    /// The names of the distributions that need no drawing.
    public static let names = ["ring", "grid", "swiss-roll", "line", "disjoint", "gaussians"]
    static let strokesName = "strokes"
    /// The square in which everything is drawn and measured: -extent ... extent on both axes.
    public static let extent = 2.2

    /// The distribution of a name. The ring, the grid, and the Swiss roll are those of the data sets.
    init?(name: String) {
        self.name = name
        strokes = []
        switch name {
        case "ring":
            let half = 2 * (0.5).squareRoot()
            places = [(2, 0), (half, half), (0, 2), (-half, half), (-2, 0), (-half, -half), (0, -2), (half, -half)].map { SIMD2($0.0, $0.1) / 1.414 }
            (deviation, hasModes) = (0.02 / 1.414, true)
        case "grid":
            places = (-2...2).flatMap { y in (-2...2).map { x in SIMD2(2 * Double(x), 2 * Double(y)) / 2.828 } }
            (deviation, hasModes) = (0.05 / 2.828, true)
        case "swiss-roll":
            places = (0..<1024).map { index in
                let turns = 0.75 * (1 + 2 * (Double(index) + 0.5) / 1024), t = turns * 2 * Double.pi, (cosine, sine) = cosineAndSine(turns: turns)
                return SIMD2(t * cosine, t * sine) / 7.5
            }
            (deviation, hasModes) = (0.25 / 7.5, false)
        case "line":
            places = (0..<512).map { SIMD2(-1.5, -1) + SIMD2(3, 2) * ((Double($0) + 0.5) / 512) }
            (deviation, hasModes) = (0.05, false)
        case "disjoint":
            places = [SIMD2(-1.2, -0.8), SIMD2(1.2, -0.8), SIMD2(0, 1.2)]
            (deviation, hasModes) = (0.15, true)
        case "gaussians":
            places = [SIMD2(-0.9, 0), SIMD2(0.9, 0)]
            (deviation, hasModes) = (0.3, true)
        default: return nil
        }
    }

    /// Drawn strokes: places at equal distances along them, so the density does not depend on how fast they were drawn.
    init(strokes: [[Double]], deviation: Double) {
        (name, self.strokes, self.deviation, hasModes) = (Self.strokesName, strokes, deviation, false)
        let lines = strokes.map { stroke in stride(from: 0, to: stroke.count, by: 2).map { SIMD2(stroke[$0], stroke[$0 + 1]) } }
        // A dot counts as long as its noise is wide.
        let lengths = lines.map { Swift.max(Self.length($0), 2 * deviation) }
        let total = lengths.reduce(0, +)
        places = zip(lines, lengths).flatMap { line, length in Self.spread(line, Swift.max(1, Int((1024 * length / total).rounded()))) }
    }

    private static func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { ((b - a) * (b - a)).sum().squareRoot() }

    private static func length(_ line: [SIMD2<Double>]) -> Double { zip(line, line.dropFirst()).reduce(0) { $0 + distance($1.0, $1.1) } }

    /// Places in the middle of equal parts of a line.
    private static func spread(_ line: [SIMD2<Double>], _ count: Int) -> [SIMD2<Double>] {
        let total = length(line)
        guard total > 0 else { return [SIMD2<Double>](repeating: line[0], count: count) }
        var found: [SIMD2<Double>] = [], index = 0, walked = 0.0
        for part in 0..<count {
            let wanted = total * (Double(part) + 0.5) / Double(count)
            while index < line.count - 2, walked + distance(line[index], line[index + 1]) < wanted {
                walked += distance(line[index], line[index + 1])
                index += 1
            }
            let own = distance(line[index], line[index + 1])
            let share = own > 0 ? Swift.min(1, (wanted - walked) / own) : 0
            found.append(line[index] + (line[index + 1] - line[index]) * share)
        }
        return found
    }

    // MARK: Points

    /// Independent points.
    /// - Shapes: [count, 2]
    func points(seed: UInt64, stream: String, step: UInt64, count: Int) -> [Float] {
        let noise = RandomStream(seed: seed, name: "lab/\(stream)/noise").numbers(.normal(mean: 0, deviation: 1), step: step, count: 2 * count)
        let chosen = RandomStream(seed: seed, name: "lab/\(stream)/place").integers(below: places.count, step: step, count: count)
        var values = [Float](repeating: 0, count: 2 * count)
        for index in 0..<count {
            let place = places[chosen[index]]
            values[2 * index] = Float(place.x + deviation * Double(noise[2 * index]))
            values[2 * index + 1] = Float(place.y + deviation * Double(noise[2 * index + 1]))
        }
        return values
    }

    // MARK: JSON

    /// Such as `{"name": "ring"}`, or strokes with their coordinates.
    public var json: JSONValue {
        guard name == Self.strokesName else { return .object(["name": .string(name)]) }
        return .object([
            "name": .string(name), "deviation": .number(deviation), "strokes": .array(strokes.map { .array($0.map { .number($0) }) }),
        ])
    }

    /// The most coordinates of all strokes.
    static let mostCoordinates = 4000

    /// - Errors: `FieldError`
    init(_ fields: inout FieldReader) throws(FieldError) {
        let name = try fields.oneOf("name", Self.names + [Self.strokesName])
        guard name == Self.strokesName else {
            try fields.finish()
            guard let known = PlaneDistribution(name: name) else { preconditionFailure("\(name) is listed and unknown") }
            self = known
            return
        }
        let deviation = try fields.optionalNumber("deviation", in: 0.005...0.5) ?? 0.03
        var strokes: [[Double]] = []
        for (index, stroke) in try fields.array("strokes", count: 1...50).enumerated() {
            guard case .array(let numbers) = stroke, numbers.count % 2 == 0, 2...Self.mostCoordinates ~= numbers.count else {
                throw fields.error("strokes", "stroke \(index) is not a list of x, y, x, y, ... with 1 to \(Self.mostCoordinates / 2) points")
            }
            var line: [Double] = []
            for number in numbers {
                guard let value = number.numberValue, abs(value) <= Self.extent else {
                    throw fields.error("strokes", "stroke \(index) has a coordinate that is not a number in -\(Self.extent)...\(Self.extent)")
                }
                line.append(value)
            }
            strokes.append(line)
        }
        guard strokes.reduce(0, { $0 + $1.count }) <= Self.mostCoordinates else {
            throw fields.error("strokes", "all strokes together have more than \(Self.mostCoordinates / 2) points")
        }
        try fields.finish()
        self.init(strokes: strokes, deviation: deviation)
    }
}
