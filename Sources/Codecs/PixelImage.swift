/// An image of 8 bits for each channel, row by row from the top.
public struct PixelImage: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// 1 for grey, 3 for red, green and blue.
    public let channels: Int
    /// `height` rows of `width` pixels of `channels` bytes.
    public let pixels: [UInt8]

    /// - Precondition: sizes are positive, channels 1 or 3, and `pixels` has as many bytes as these say.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image of \(width) x \(height)")
        precondition(channels == 1 || channels == 3, "an image of \(channels) channels")
        precondition(
            pixels.count == width * height * channels,
            "\(pixels.count) bytes for \(width) x \(height) x \(channels)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// The most pixels that a file may ask for: 8192 x 8192, which take 192 MiB in color.
    public static let largestArea = 1 << 26

    static func isAllowed(_ width: Int, _ height: Int) -> Bool {
        let (area, overflow) = width.multipliedReportingOverflow(by: height)
        return !overflow && area <= largestArea
    }

    static func tooLarge(_ width: Int, _ height: Int) -> String { "it has \(width) x \(height) pixels, more than the \(largestArea) allowed in all" }
}
