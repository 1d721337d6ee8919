/// An image with 8 bits per channel, row by row from the top.
public struct PixelImage: Sendable, Equatable {
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int
    /// 1 for gray, 3 for RGB.
    public let channels: Int
    /// `height` rows of `width` pixels of `channels` bytes.
    public let pixels: [UInt8]

    /// - Precondition: sizes are positive, channels is 1 or 3, and `pixels` has width x height x channels bytes.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "invalid image size \(width) x \(height)")
        precondition(channels == 1 || channels == 3, "invalid number of channels: \(channels)")
        precondition(
            pixels.count == width * height * channels,
            "\(pixels.count) bytes for \(width) x \(height) x \(channels)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// The maximum number of pixels of a file: 8192 x 8192, which take 192 MiB in color.
    public static let largestArea = 1 << 26

    static func isAllowed(_ width: Int, _ height: Int) -> Bool {
        let (area, overflow) = width.multipliedReportingOverflow(by: height)
        return !overflow && area <= largestArea
    }

    static func tooLarge(_ width: Int, _ height: Int) -> String { "\(width) x \(height) pixels exceed the limit of \(largestArea)" }
}
