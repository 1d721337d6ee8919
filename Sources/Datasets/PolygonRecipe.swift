/// How the program draws convex polygons: dark (0) on white (1), corners on a circle, antialiased by counting sample points.
///
/// - Source: Lucic et al. 2018, section 5.2, and the notebook that made their triangles (in words in reference section 5.8).
/// - Differs: see `Variant`. Random numbers come from Philox, so image i of a split is the same however many are drawn.
public struct PolygonRecipe: Sendable, Hashable {
    public enum Variant: Sendable, Hashable {
        /// What the notebook means: neighbouring corners at least `minimumAngle` apart, any rotation, pixel k covers its own sample points.
        case clean
        /// What the notebook does: corners at least half of `minimumAngle` apart; a rotation between 0 and 2 pi DEGREES; pixel k covers
        /// the sample points 8k - 3 ... 8k + 4; the first axis of an image is x.
        case notebook
    }

    /// How many corners; where there is more than one number, each is equally likely and is the image's class.
    public let corners: ClosedRange<Int>
    /// Least angle between neighbouring corners, in degrees.
    public let minimumAngle: Double
    /// Diameter of the circle in widths of the image.
    public let scale: Double
    /// Rows and columns of an image.
    public let size: Int
    /// Sample points along one side of a pixel.
    public let subpixels: Int
    public let variant: Variant
    public let seed: UInt64

    /// - Precondition: at least 3 corners, minimumAngle <= 360 / corners, 0 < scale <= 1, size > 1, 1 <= subpixels <= 15.
    public init(
        corners: ClosedRange<Int> = 3...3, minimumAngle: Double = 20, scale: Double = 0.75, size: Int = 28, subpixels: Int = 8,
        variant: Variant = .clean, seed: UInt64 = 0
    ) {
        precondition(corners.lowerBound >= 3, "a polygon of \(corners.lowerBound) corners")
        precondition(minimumAngle * Double(corners.upperBound) <= 360, "\(corners.upperBound) corners \(minimumAngle) degrees apart")
        precondition(scale > 0 && scale <= 1 && size > 1 && (1...15).contains(subpixels))
        (self.corners, self.minimumAngle, self.scale) = (corners, minimumAngle, scale)
        (self.size, self.subpixels, self.variant, self.seed) = (size, subpixels, variant, seed)
    }

    /// Classes of the labels: one per number of corners, or none where the number is fixed.
    public var classes: Int { corners.count > 1 ? corners.count : 0 }

    public var shape: ImageShape { ImageShape(height: size, width: size, channels: 1) }
}
