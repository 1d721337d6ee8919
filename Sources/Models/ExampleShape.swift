/// The shape of one example. A point in the plane is an image of height 1 and width 1 with its coordinates as channels.
public struct ExampleShape: Sendable, Hashable, CustomStringConvertible {
    /// Height in pixels.
    public let height: Int
    /// Width in pixels.
    public let width: Int
    /// Number of channels.
    public let channels: Int

    /// Creates a shape.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Number of elements.
    public var count: Int { height * width * channels }
    /// Whether examples are points rather than images.
    public var isPoint: Bool { height == 1 && width == 1 }
    /// Such as "28x28x1".
    public var description: String { "\(height)x\(width)x\(channels)" }
}
