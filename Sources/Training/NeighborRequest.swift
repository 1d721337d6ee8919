internal import Canonical

/// The training images that are nearest to generated ones.
///
/// Samples are numbered as in sample grids: sample i has the latents at index i of the stream "samples/latents". Equal requests give equal bytes.
public struct NeighborRequest: Sendable, Hashable {
    /// In which numbers distances are measured.
    public enum Space: String, Sendable, Hashable, CaseIterable {
        /// Values of pixels in [0, 1].
        case pixels
        /// Features of the extractor of the run's evaluations.
        case features
    }

    /// Which images are generated.
    public enum Images: Sendable, Hashable {
        /// Numbered samples.
        case samples(first: Int, count: Int)
        /// Images of latents that lie in a certain way to samples.
        case latents(LatentRequest)

        /// Their number.
        public var count: Int {
            switch self {
            case .samples(_, let count): count
            case .latents(let request): request.count
            }
        }
    }

    /// Allowed numbers of generated images.
    public static let counts = 1...64
    /// Allowed numbers of training images for each.
    public static let neighbors = 1...16
    /// The word for numbered samples in addresses, beside the places of latents.
    public static let samplesWord = "samples"

    /// Which images are generated.
    public let images: Images
    /// The number of training images for each.
    public let neighbors: Int
    /// In which numbers distances are measured.
    public let space: Space

    /// Creates a request.
    /// - Precondition: samples and counts are allowed.
    public init(_ images: Images, neighbors: Int = 5, space: Space = .pixels) {
        precondition(Self.counts.contains(images.count) && Self.neighbors.contains(neighbors), "\(neighbors) neighbors of \(images.count) images")
        if case .samples(let first, _) = images { precondition(SampleRange.starts.contains(first), "sample \(first)") }
        (self.images, self.neighbors, self.space) = (images, neighbors, space)
    }

    /// The request as members of an export.
    var members: [String: JSONValue] {
        let own: [String: JSONValue] =
            switch images {
            case .samples(let first, let count): ["place": .string(Self.samplesWord), "sample": .integer(Int64(first)), "count": .integer(Int64(count))]
            case .latents(let request): request.members
            }
        return own.merging(["neighbors": .integer(Int64(neighbors)), "space": .string(space.rawValue)]) { $1 }
    }

    /// - Errors: `FieldError`
    init(_ fields: inout FieldReader) throws(FieldError) {
        let neighbors = try fields.integer("neighbors", in: Self.neighbors), space = Space(rawValue: try fields.oneOf("space", Space.allCases.map(\.rawValue))) ?? .pixels
        guard try fields.oneOf("place", [Self.samplesWord] + LatentRequest.places) == Self.samplesWord else {
            self.init(.latents(try LatentRequest(&fields)), neighbors: neighbors, space: space)
            return
        }
        let first = try fields.integer("sample", in: SampleRange.starts), count = try fields.integer("count", in: Self.counts)
        self.init(.samples(first: first, count: count), neighbors: neighbors, space: space)
    }
}
