/// Pixel values as the source has them: small integers stay small, so that 60,000 digits take 47 MB and not 188.
public enum ImagePixels: Sendable, Hashable {
    /// Integers from 0 to `white`; the value of a pixel is byte / white, one correctly rounded division.
    case bytes([UInt8], white: UInt8)
    /// Values in [0, 1].
    case floats([Float])

    /// How many numbers there are.
    public var count: Int {
        switch self {
        case .bytes(let values, _): values.count
        case .floats(let values): values.count
        }
    }
}
