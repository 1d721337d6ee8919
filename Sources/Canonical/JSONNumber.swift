/// The canonical text of a number.
///
/// The digits are the fewest that round-trip to the same double. Formatting rules:
/// - an integral value of magnitude up to 2^53 is written as an integer: `1`, `-4000`; minus zero is `0`;
/// - otherwise magnitudes from 1e-4 to 2^53 are written in plain decimals: `0.0002`, `1.5`;
/// - all others with an exponent, without plus sign and padding: `5e-5`, `1.25e20`.
public enum JSONNumber {
    /// - Precondition: `value` is finite; JSON has no other numbers.
    public static func text(_ value: Double) -> String {
        precondition(value.isFinite, "JSON cannot hold \(value)")
        if let integer = Int64(exactly: value), integer.magnitude <= 1 << 53 { return String(integer) }
        let (digits, exponent) = shortestDigits(of: value.magnitude)
        let sign = value < 0 ? "-" : ""
        let isPlain = value.magnitude >= 1e-4 && value.magnitude <= 0x1p53
        return sign + (isPlain ? plain(digits, exponent) : scientific(digits, exponent))
    }

    /// Digits d1 d2 ... dn without zeros at either end, and e, with value = 0.d1d2...dn x 10^e.
    private static func shortestDigits(of value: Double) -> (digits: [Character], exponent: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = Array(mantissa.joined())
        var exponent = mantissa[0].count + (parts.count > 1 ? Int(parts[1], in: -400...400)! : 0)
        let zeros = digits.prefix { $0 == "0" }.count
        digits.removeFirst(zeros)
        exponent -= zeros
        while digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    private static func plain(_ digits: [Character], _ exponent: Int) -> String {
        if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + String(digits) }
        return String(digits.prefix(exponent)) + "." + String(digits.dropFirst(exponent))
    }

    private static func scientific(_ digits: [Character], _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + String(digits.dropFirst()) : ""
        return "\(digits[0])\(fraction)e\(exponent - 1)"
    }
}
