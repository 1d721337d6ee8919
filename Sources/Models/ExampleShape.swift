/// The shape of one example of a data set. A point of the plane is an image of height 1 and width 1 whose channels are its coordinates.
public struct ExampleShape: Sendable, Hashable, CustomStringConvertible {
    public let height: Int
    public let width: Int
    public let channels: Int

    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    public var count: Int { height * width * channels }
    public var isPoint: Bool { height == 1 && width == 1 }
    public var description: String { "\(height)x\(width)x\(channels)" }
}
