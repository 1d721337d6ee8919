/// Pixel values in the source's type: bytes stay bytes, so 60,000 digits take 47 MB instead of 188.
public enum ImagePixels: Sendable, Hashable {
    /// Integers from 0 to `white`; the value of a pixel is byte / white, one correctly rounded division.
    case bytes([UInt8], white: UInt8)
    /// Values in [0, 1].
    case floats([Float])

    /// Number of elements.
    public var count: Int {
        switch self {
        case .bytes(let values, _): values.count
        case .floats(let values): values.count
        }
    }
}
