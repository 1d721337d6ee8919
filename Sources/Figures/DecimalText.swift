import Canonical

/// Number formatting for figures. The text depends only on the value, not on a locale or the C library.
enum DecimalText {
    /// A coordinate: at most two decimals, no trailing zeros.
    static func coordinate(_ value: Double) -> String {
        fixed(value, decimals: 2, trimmed: true)
    }

    /// A value with a fixed number of decimals; with `trimmed`, trailing zeros are removed.
    static func fixed(_ value: Double, decimals: Int, trimmed: Bool = false) -> String {
        precondition(decimals >= 0 && decimals <= 15, "\(decimals) decimals")
        guard value.isFinite else { return significant(value) }
        guard value.magnitude < 1e15 else { return value.description }
        let scale = powerOfTen(decimals)
        let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled < 9e18, let digits = UInt64(exactly: scaled), let unit = UInt64(exactly: scale) else { return value.description }
        let whole = digits / unit
        var fraction = String(digits % unit)
        fraction = String(repeating: "0", count: decimals - min(decimals, fraction.count)) + fraction
        if decimals == 0 { fraction = "" }
        if trimmed { while fraction.last == "0" { fraction.removeLast() } }
        let sign = value < 0 && digits != 0 ? "-" : ""
        return sign + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// A value with `digits` significant digits: 0.000213 and 41.3 in plain notation, very large and very small ones as 2.1e-7.
    static func significant(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "-infinity" : "infinity" }
        if value == 0 { return "0" }
        let power = decimalExponent(value.magnitude)
        if power < -4 || power >= 7 {
            let mantissa = fixed(scaled(value, byPowerOfTen: -power), decimals: digits - 1, trimmed: true)
            // 9.9996 rounds to 10 with four digits: the exponent increases by one.
            let isNext = mantissa == "10" || mantissa == "-10"
            return isNext ? "\(mantissa.dropLast())e\(power + 1)" : mantissa + "e\(power)"
        }
        return fixed(value, decimals: min(15, max(0, digits - 1 - power)), trimmed: true)
    }

    /// A count with thousands separators: 10,000.
    static func count(_ value: Int) -> String {
        var text = ""
        for (place, digit) in String(value.magnitude).reversed().enumerated() {
            if place > 0 && place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// The full value for CSV and JSON: the shortest text that round-trips to the same double.
    static func exact(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? fixed(value, decimals: 0) : value.description
    }

    /// The power of ten of the leading digit: 0 for 1 to 9.99…, -1 for 0.1, -324 to 308 for all that is positive and finite.
    static func decimalExponent(_ value: Double) -> Int {
        var power = Int(saturating: Logarithm.decimal(value).rounded(.down))
        // The logarithm may be off by one bit at exact powers of ten; the comparison corrects this.
        if power < 308, value >= powerOfTen(power + 1) { power += 1 }
        if power > -324, value < powerOfTen(power) { power -= 1 }
        return power
    }

    /// 10 to an integer power from -324 to 308. Exact up to 22, otherwise by repeated multiplication or division, which is the same on every machine.
    ///
    /// Below -308 the result is subnormal, and 10^-324 rounds to 0.
    static func powerOfTen(_ power: Int) -> Double {
        if power >= 0 { return powers[min(308, power)] }
        return power >= -308 ? 1 / powers[-power] : 1 / powers[308] / powers[min(308, -power - 308)]
    }

    /// 1, 10, ... 10^308, each from the one before.
    private static let powers: [Double] = (0..<308).reduce(into: [1.0]) { powers, _ in powers.append(powers[powers.count - 1] * 10) }

    /// value x 10^power by one multiplication or division; in two steps if that power of ten is not finite.
    static func scaled(_ value: Double, byPowerOfTen power: Int) -> Double {
        if power > 308 { return value * powerOfTen(308) * powerOfTen(power - 308) }
        if power < -308 { return value / powerOfTen(308) / powerOfTen(-power - 308) }
        return power >= 0 ? value * powerOfTen(power) : value / powerOfTen(-power)
    }
}

/// Number formatting for sentences.
public enum FigureNumber {
    /// `value` with `digits` significant digits.
    public static func text(_ value: Double, digits: Int) -> String { DecimalText.significant(value, digits: digits) }
}
