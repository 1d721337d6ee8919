/// Why a PNG cannot be decoded; libpng's reason.
public struct PNGError: Error, Equatable, CustomStringConvertible {
    /// libpng's reason, or that of a violated limit.
    public let reason: String

    /// Creates an error with a reason.
    public init(reason: String) { self.reason = reason }

    /// The error as one sentence.
    public var description: String { "the PNG cannot be read: \(reason)" }
}
