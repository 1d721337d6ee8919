/// Why bytes are not a JPEG that can be read, in libjpeg's words.
public struct JPEGError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    public init(reason: String) { self.reason = reason }

    public var description: String { "the JPEG cannot be read: \(reason)" }
}
