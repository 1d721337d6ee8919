/// Bitwise comparison: distinguishes 0 from -0 and NaN payloads, without tolerance.
public enum BitPatterns {
    /// Nil if both have the same bits, otherwise one sentence about the first difference.
    public static func difference(_ a: [Float], _ b: [Float]) -> String? {
        difference(a, b) { $0.bitPattern }
    }

    public static func difference(_ a: [Double], _ b: [Double]) -> String? {
        difference(a, b) { $0.bitPattern }
    }

    private static func difference<Value, Bits: Equatable>(
        _ a: [Value], _ b: [Value], _ bits: (Value) -> Bits
    ) -> String? {
        if a.count != b.count { return "\(a.count) against \(b.count) elements" }
        guard let index = a.indices.first(where: { bits(a[$0]) != bits(b[$0]) }) else { return nil }
        return "element \(index) of \(a.count): \(a[index]) against \(b[index])"
    }

    /// Number of representable values between the two; the largest integer for a NaN.
    public static func ulps(_ a: Float, _ b: Float) -> UInt64 {
        if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
        return (rank(a) - rank(b)).magnitude
    }

    private static func rank(_ value: Float) -> Int64 {
        let bits = Int64(value.bitPattern & 0x7FFF_FFFF)
        return value.sign == .minus ? -bits : bits
    }
}
