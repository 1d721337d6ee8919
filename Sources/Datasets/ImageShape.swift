/// The size of one image: rows, columns and colour channels (1 grey, 3 red-green-blue).
///
/// Images lie in memory row by row, channels innermost; a batch of them is NHWC.
public struct ImageShape: Sendable, Hashable, CustomStringConvertible {
    public let height: Int
    public let width: Int
    public let channels: Int

    public init(height: Int, width: Int, channels: Int) {
        precondition(height > 0 && width > 0 && channels > 0, "no image is \(height) x \(width) x \(channels)")
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// Numbers in one image: height * width * channels.
    public var elements: Int { height * width * channels }

    public var description: String { "\(height)x\(width)x\(channels)" }
}
