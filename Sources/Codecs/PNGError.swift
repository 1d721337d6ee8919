/// Why bytes are not a PNG that can be read, in libpng's words.
public struct PNGError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    public init(reason: String) { self.reason = reason }

    public var description: String { "the PNG cannot be read: \(reason)" }
}
