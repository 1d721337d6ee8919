/// Numbers as people read them on a figure. The text depends on the value alone, not on a locale or the C library.
enum DecimalText {
    /// A coordinate: at most two decimals, no trailing zeros.
    static func coordinate(_ value: Double) -> String {
        fixed(value, decimals: 2, trimmed: true)
    }

    /// A value with a fixed number of decimals; with `trimmed` trailing zeros go.
    static func fixed(_ value: Double, decimals: Int, trimmed: Bool = false) -> String {
        precondition(value.isFinite && decimals >= 0 && decimals <= 15, "\(value) with \(decimals) decimals")
        guard value.magnitude < 1e15 else { return value.description }
        let scale = powerOfTen(decimals)
        let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled < 9e18 else { return value.description }
        let digits = UInt64(scaled)
        let whole = digits / UInt64(scale)
        var fraction = String(digits % UInt64(scale))
        fraction = String(repeating: "0", count: decimals - min(decimals, fraction.count)) + fraction
        if decimals == 0 { fraction = "" }
        if trimmed { while fraction.last == "0" { fraction.removeLast() } }
        let sign = value < 0 && digits != 0 ? "-" : ""
        return sign + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// A value with `digits` significant digits: 0.000213 and 41.3 plainly, very large and very small ones as 2.1e-7.
    static func significant(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "-infinity" : "infinity" }
        if value == 0 { return "0" }
        let power = decimalExponent(value.magnitude)
        if power < -4 || power >= 7 {
            let mantissa = power >= 0 ? value / powerOfTen(power) : value * powerOfTen(-power)
            return fixed(mantissa, decimals: digits - 1, trimmed: true) + "e\(power)"
        }
        return fixed(value, decimals: min(15, max(0, digits - 1 - power)), trimmed: true)
    }

    /// A count with thin groups of thousands: 10,000.
    static func count(_ value: Int) -> String {
        var text = ""
        for (place, digit) in String(value.magnitude).reversed().enumerated() {
            if place > 0 && place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// The full value, as CSV and JSON carry it: the shortest text that reads back to the same double.
    static func exact(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? fixed(value, decimals: 0) : value.description
    }

    /// The power of ten of the leading digit: 0 for 1 to 9.99…, -1 for 0.1.
    static func decimalExponent(_ value: Double) -> Int {
        var power = Int(Logarithm.decimal(value).rounded(.down))
        // The logarithm may miss by a last bit at exact powers of ten; the comparison decides.
        if power < 300, value >= powerOfTen(power + 1) { power += 1 }
        if power > -300, value < powerOfTen(power) { power -= 1 }
        return power
    }

    /// 10 to an integer power. Exact up to 22, else by repeated multiplication or one division, which is the same everywhere.
    static func powerOfTen(_ power: Int) -> Double {
        var result = 1.0
        for _ in 0..<power.magnitude { result *= 10 }
        return power < 0 ? 1 / result : result
    }
}
