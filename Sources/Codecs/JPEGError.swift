/// Why a JPEG cannot be decoded; libjpeg's reason.
public struct JPEGError: Error, Equatable, CustomStringConvertible {
    /// libjpeg's reason, or that of a violated limit.
    public let reason: String

    /// Creates an error with a reason.
    public init(reason: String) { self.reason = reason }

    /// The error as one sentence.
    public var description: String { "the JPEG cannot be read: \(reason)" }
}
