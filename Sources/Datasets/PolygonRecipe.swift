/// Parameters of generated convex polygons: dark (0) on white (1), corners on a circle, antialiased by supersampling.
///
/// - Source: Lucic et al. 2018, section 5.2, and the notebook that made their triangles (in words in reference section 5.8).
/// - Differs: see `Variant`. Random numbers come from Philox, so image i of a split is the same however many are drawn.
public struct PolygonRecipe: Sendable, Hashable {
    /// The two versions of the generating algorithm.
    public enum Variant: Sendable, Hashable {
        /// The intended algorithm: neighboring corners at least `minimumAngle` apart, any rotation, pixel k covers its own sample points.
        case clean
        /// The notebook's actual algorithm: corners at least half of `minimumAngle` apart; a rotation between 0 and 2 pi DEGREES; pixel k covers
        /// the sample points 8k - 3 ... 8k + 4; the first axis of an image is x.
        case notebook
    }

    /// Number of corners; in a range, each number is equally likely and determines the class.
    public let corners: ClosedRange<Int>
    /// Minimum angle between neighboring corners, in degrees.
    public let minimumAngle: Double
    /// Diameter of the circle relative to the image width.
    public let scale: Double
    /// Image height and width in pixels.
    public let size: Int
    /// Sample points per pixel and axis.
    public let subpixels: Int
    /// The version of the algorithm.
    public let variant: Variant
    /// The seed of the random streams.
    public let seed: UInt64

    /// - Precondition: at least 3 corners, minimumAngle <= 360 / corners, 0 < scale <= 1, size > 1, 1 <= subpixels <= 15.
    public init(
        corners: ClosedRange<Int> = 3...3, minimumAngle: Double = 20, scale: Double = 0.75, size: Int = 28, subpixels: Int = 8,
        variant: Variant = .clean, seed: UInt64 = 0
    ) {
        precondition(corners.lowerBound >= 3, "at least 3 corners are required, got \(corners.lowerBound)")
        precondition(minimumAngle * Double(corners.upperBound) <= 360, "\(corners.upperBound) corners cannot be \(minimumAngle) degrees apart")
        precondition(scale > 0 && scale <= 1 && size > 1 && (1...15).contains(subpixels))
        (self.corners, self.minimumAngle, self.scale) = (corners, minimumAngle, scale)
        (self.size, self.subpixels, self.variant, self.seed) = (size, subpixels, variant, seed)
    }

    /// Number of classes: one per number of corners, or 0 if it is fixed.
    public var classes: Int { corners.count > 1 ? corners.count : 0 }

    /// size x size x 1.
    public var shape: ImageShape { ImageShape(height: size, width: size, channels: 1) }
}
