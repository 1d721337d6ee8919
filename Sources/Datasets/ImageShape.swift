/// The shape of an image: rows, columns, and channels (1 gray, 3 RGB).
///
/// Images are stored row by row, channels innermost; batches are NHWC.
public struct ImageShape: Sendable, Hashable, CustomStringConvertible {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Channels; 1 or 3 for images.
    public let channels: Int

    /// Creates a shape.
    /// - Precondition: all extents are positive
    public init(height: Int, width: Int, channels: Int) {
        precondition(height > 0 && width > 0 && channels > 0, "no image is \(height) x \(width) x \(channels)")
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// Elements per image: height * width * channels.
    public var elements: Int { height * width * channels }

    /// Such as "28x28x1".
    public var description: String { "\(height)x\(width)x\(channels)" }
}
