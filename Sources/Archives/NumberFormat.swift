/// The element type of an untrusted `.npy` file: any plain numpy number type, in either byte order.
public struct NumberFormat: Sendable, Equatable {
    /// The kinds of numbers.
    public enum Kind: Sendable, Equatable { case bool, signed, unsigned, float }

    /// The kind of number.
    public let kind: Kind
    /// Bytes per number: 1, 2, 4, or 8.
    public let size: Int
    /// Whether numbers are stored in big-endian byte order.
    public let isBigEndian: Bool

    /// Whether the numbers are integers or Booleans.
    public var isInteger: Bool { kind != .float }

    /// Parses a type such as "<f4", ">i8", or "|b1"; nil for structured types, objects, strings, dates, complex, and wider numbers.
    init?(descriptor: String) {
        let letters = Array(descriptor.utf8)
        guard letters.count == 3, "<>|=".utf8.contains(letters[0]) else { return nil }
        let kinds: [Character: Kind] = ["b": .bool, "i": .signed, "u": .unsigned, "f": .float]
        guard let kind = kinds[Character(Unicode.Scalar(letters[1]))], case let size = Int(letters[2]) - 0x30, [1, 2, 4, 8].contains(size),
            kind != .bool || size == 1, kind != .float || size > 1
        else { return nil }
        (self.kind, self.size, isBigEndian) = (kind, size, letters[0] == UInt8(ascii: ">"))
    }

    /// Converts bytes to integers; nil for values above `Int64.max`.
    /// - Precondition: `isInteger`, and the number of bytes is a multiple of the size.
    public func integers(_ bytes: [UInt8]) -> [Int64?] {
        precondition(isInteger && bytes.count % size == 0, "\(bytes.count) bytes are not a multiple of \(size)")
        return stride(from: 0, to: bytes.count, by: size).map { start in
            let bits = pattern(bytes, start)
            guard kind == .signed else { return Int64(exactly: bits) }
            let shift = UInt64(64 - 8 * size)
            return Int64(bitPattern: bits << shift) >> Int64(shift)
        }
    }

    /// Converts bytes to floating-point numbers, rounded to single precision.
    /// - Precondition: not `isInteger`, and the number of bytes is a multiple of the size.
    public func floats(_ bytes: [UInt8]) -> [Float] {
        precondition(!isInteger && bytes.count % size == 0, "\(bytes.count) bytes are not a multiple of \(size)")
        return stride(from: 0, to: bytes.count, by: size).map { start in
            let bits = pattern(bytes, start)
            switch size {
            case 2: return Self.half(UInt16(truncatingIfNeeded: bits))
            case 4: return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            default: return Float(Double(bitPattern: bits))
            }
        }
    }

    private func pattern(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var bits: UInt64 = 0
        for i in 0..<size { bits |= UInt64(bytes[start + i]) << UInt64(8 * (isBigEndian ? size - 1 - i : i)) }
        return bits
    }

    /// Converts IEEE 754 half precision exactly.
    public static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits >> 15 == 1 ? -1 : 1
        let exponent = Int(bits >> 10 & 0x1F), fraction = Float(bits & 0x3FF)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
