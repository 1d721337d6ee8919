// Character classes of RFC 9110 and RFC 3986 as predicates on bytes.

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20

    /// A character of a token (RFC 9110, section 5.6.2).
    @inline(__always)
    var isToken: Bool {
        switch self {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
        default: false
        }
    }

    /// A character allowed in a field value: tab, space, visible ASCII, and bytes above it (RFC 9110, section 5.5).
    @inline(__always)
    var isFieldContent: Bool { self >= 0x20 ? self != 0x7F : self == .tab }

    /// Visible ASCII.
    @inline(__always)
    var isVisible: Bool { self > 0x20 && self < 0x7F }

    @inline(__always)
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    @inline(__always)
    var isBlank: Bool { self == .space || self == .tab }

    /// The value of a hexadecimal digit.
    @inline(__always)
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self &- 0x30
        case 0x41...0x46: self &- 0x37
        case 0x61...0x66: self &- 0x57
        default: nil
        }
    }

    /// The letter in lower case; other bytes unchanged.
    @inline(__always)
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
