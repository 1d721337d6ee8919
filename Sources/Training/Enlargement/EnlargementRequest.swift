public import Canonical
internal import Metrics

/// How pictures are enlarged and judged. Equal requests and pictures give equal values and equal bytes.
public struct EnlargementRequest: Sendable, Hashable {
    /// Allowed numbers of samples of a picture.
    public static let sampleCounts = 1...100
    /// Allowed temperatures.
    public static let temperatureRange = 0.0...2.0
    /// Allowed borders in pixels.
    public static let borders = 0...256
    /// Allowed sizes of tiles in low-resolution pixels.
    public static let tiles = 16...1024
    /// What sizes of tiles must be multiples of.
    public static let tileMultiple = 16

    /// The checkpoint.
    public let checkpoint: Digest
    /// Standard deviations of the latents; empty for that of the model's own samples.
    public var temperatures: [Double] = []
    /// Samples of a picture at each temperature; two or more have a diversity. The other values are those of the first.
    public var samples = 1
    /// Rows and columns that PSNR and SSIM ignore on each side; many published tables ignore as many as the scale.
    public var border = 0
    /// Height and width of a tile in low-resolution pixels. Pictures of up to this size and two margins of 16 are enlarged whole.
    public var tile = 128
    /// Whether the pictures are low-resolution images, without a truth.
    public var isLowResolution = false

    /// Creates a request.
    public init(checkpoint: Digest) { self.checkpoint = checkpoint }

    /// What the values mean, as part of their protocol.
    func meaning(scale: Int, pictures: Digest) -> JSONValue {
        [
            "border": .integer(Int64(border)), "checkpoint": .string(checkpoint.hex), "estimator": "pictures-1",
            "kernel": "bicubic, antialiased, 8 bits after each axis", "latents": .string(PictureEnlarger.latentStream), "margin": .integer(Int64(TileCover.leastMargin)),
            "numerics": .integer(Int64(Version.numerics)), "pictures": .string(pictures.hex), "samples": .integer(Int64(samples)), "scale": .integer(Int64(scale)),
            "tile": .integer(Int64(tile)), "truth": .bool(!isLowResolution),
        ]
    }
}
