internal import Canonical

/// Images of latents that lie in a certain way to numbered samples: between two of them, around one, or along one dimension.
///
/// Samples are numbered as in sample grids: sample i has the latents at index i of the stream "samples/latents". Equal requests give equal bytes.
public struct LatentRequest: Sendable, Hashable {
    /// How one reaches other latents.
    public enum Path: String, Sendable, Hashable, CaseIterable {
        /// (1 - t) a + t b.
        case linear
        /// The same point, scaled to the length (1 - t) |a| + t |b|: latents of many dimensions have nearly one length, which the straight line leaves.
        case spherical
    }

    /// Where the latents are.
    public enum Place: Sendable, Hashable {
        /// At equal distances from one sample to another, both included.
        case between(Int, Int, Path)
        /// The sample, and then on the way from it to each sample from `first` on: the part `share` of the way.
        case around(Int, share: Double, first: Int, Path)
        /// The sample with one dimension at equal distances over its range: the bounds of a uniform distribution, or three standard deviations to either side.
        case along(Int, dimension: Int)

        /// The place in addresses.
        public var word: String {
            switch self {
            case .between: "between"
            case .around: "around"
            case .along: "along"
            }
        }
    }

    /// The places in addresses.
    public static let places = ["between", "around", "along"]
    /// Allowed numbers of images.
    public static let counts = 2...64
    /// Allowed parts of the way.
    public static let shares = 0.0...1.0
    /// Allowed dimensions, if the model has as many.
    public static let dimensions = 0...1_000_000

    /// Where the latents are.
    public let place: Place
    /// The number of images.
    public let count: Int

    /// Creates a request.
    /// - Precondition: samples, share, dimension, and count are allowed.
    public init(_ place: Place, count: Int) {
        precondition(Self.counts.contains(count), "\(count) images")
        switch place {
        case .between(let one, let other, _): precondition(SampleRange.starts.contains(one) && SampleRange.starts.contains(other), "samples \(one) and \(other)")
        case .around(let sample, let share, let first, _):
            precondition(SampleRange.starts.contains(sample) && SampleRange.starts.contains(first) && Self.shares.contains(share), "samples \(sample) and \(first), share \(share)")
        case .along(let sample, let dimension): precondition(SampleRange.starts.contains(sample) && Self.dimensions.contains(dimension), "sample \(sample), dimension \(dimension)")
        }
        (self.place, self.count) = (place, count)
    }

    /// The request as members of an export.
    var members: [String: JSONValue] {
        let own: [String: JSONValue] =
            switch place {
            case .between(let one, let other, let path): ["sample": .integer(Int64(one)), "other": .integer(Int64(other)), "path": .string(path.rawValue)]
            case .around(let sample, let share, let first, let path):
                ["sample": .integer(Int64(sample)), "other": .integer(Int64(first)), "share": .number(share), "path": .string(path.rawValue)]
            case .along(let sample, let dimension): ["sample": .integer(Int64(sample)), "dimension": .integer(Int64(dimension))]
            }
        return own.merging(["place": .string(place.word), "count": .integer(Int64(count))]) { $1 }
    }

    /// - Errors: `FieldError`
    init(_ fields: inout FieldReader) throws(FieldError) {
        let word = try fields.oneOf("place", Self.places), sample = try fields.integer("sample", in: SampleRange.starts)
        let place: Place
        if word == "along" {
            place = .along(sample, dimension: try fields.integer("dimension", in: Self.dimensions))
        } else {
            let other = try fields.integer("other", in: SampleRange.starts)
            let path = Path(rawValue: try fields.oneOf("path", Path.allCases.map(\.rawValue))) ?? .spherical
            place = word == "between" ? .between(sample, other, path) : .around(sample, share: try fields.number("share", in: Self.shares), first: other, path)
        }
        self.init(place, count: try fields.integer("count", in: Self.counts))
    }
}

extension LatentRequest.Path {
    /// The point at the part t of the way from a to b; at 0 and 1 exactly a and b. - Precondition: equal counts
    func point(_ a: [Float], _ b: [Float], _ t: Float) -> [Float] {
        precondition(a.count == b.count, "\(a.count) and \(b.count) dimensions")
        let straight = zip(a, b).map { (1 - t) * $0 + t * $1 }
        guard self == .spherical else { return straight }
        let length = Self.length(straight)
        guard length > 0 else { return straight }
        let scale = ((1 - Double(t)) * Self.length(a) + Double(t) * Self.length(b)) / length
        return straight.map { Float(Double($0) * scale) }
    }

    /// The Euclidean length, in double precision and in the order of the dimensions.
    private static func length(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
}
