import Canonical

/// Rounding to short decimal numbers such as `0.000213846`.
enum SignificantDigits {
    /// `value` rounded to six significant decimal digits, or truncated if rounding would reach `bound`.
    ///
    /// Uses the shortest round-trip decimal digits of `value` (halves away from zero), so it is the same on every
    /// machine. The result is n / 10^k or n * 10^k with both exact and one rounding: the double nearest to the decimal.
    /// - Precondition: `value` is 0 or its magnitude is in 1e-16...1e16.
    static func six(_ value: Double, below bound: Double = .infinity) -> Double {
        let rounded = six(value, cut: false)
        return rounded < bound ? rounded : six(value, cut: true)
    }

    private static func six(_ value: Double, cut: Bool) -> Double {
        if value == 0 { return 0 }
        precondition(1e-16...1e16 ~= value.magnitude, "\(value) is out of range")
        let (digits, exponent) = digits(of: value.magnitude)
        var number = digits.prefix(6).reduce(0) { $0 * 10 + $1 }
        if !cut, digits.count > 6, digits[6] >= 5 { number += 1 }
        let scale = exponent - min(6, digits.count)
        let magnitude =
            scale < 0 ? Double(number) / PowerOfTen.whole(-scale) : Double(number) * PowerOfTen.whole(scale)
        return value < 0 ? -magnitude : magnitude
    }

    /// Digits d1 d2 ... without zeros in front, and e, with value = 0.d1d2... x 10^e.
    private static func digits(of value: Double) -> (digits: [Int], exponent: Int) {
        let parts = value.description.split(separator: "e")
        let sides = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let all = sides.joined().compactMap(\.wholeNumberValue)
        let zeros = all.prefix { $0 == 0 }.count
        let exponent = sides[0].count + (parts.count > 1 ? Int(parts[1], in: -400...400)! : 0)
        return (Array(all.dropFirst(zeros)), exponent - zeros)
    }
}
