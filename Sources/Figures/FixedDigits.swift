extension FigureNumber {
    /// `value` with exactly `digits` significant digits, zeros at the end included: 23.40, 0.5000, 2.100e-7. Zero is "0".
    public static func fixed(_ value: Double, digits: Int) -> String { fixed([value], digits: digits)[0] }

    /// Values that belong together, such as one and its interval: all with the decimals that the largest needs.
    public static func fixed(_ values: [Double], digits: Int) -> [String] {
        let digits = min(15, max(1, digits))
        guard let largest = values.filter(\.isFinite).map(\.magnitude).max(), largest > 0 else { return values.map { DecimalText.significant($0, digits: digits) } }
        let power = DecimalText.decimalExponent(largest)
        guard -4..<7 ~= power else { return values.map { scientific($0, digits: digits) } }
        var decimals = min(15, max(0, digits - 1 - power))
        // 9.9996 rounds to 10.00 with four digits: it has one digit more before the point.
        if decimals > 0, (largest * DecimalText.powerOfTen(decimals)).rounded(.toNearestOrAwayFromZero) >= DecimalText.powerOfTen(digits) { decimals -= 1 }
        return values.map { $0.isFinite ? DecimalText.fixed($0, decimals: decimals) : DecimalText.significant($0) }
    }

    private static func scientific(_ value: Double, digits: Int) -> String {
        guard value.isFinite, value != 0 else { return DecimalText.significant(value) }
        var power = DecimalText.decimalExponent(value.magnitude)
        var mantissa = DecimalText.fixed(DecimalText.scaled(value, byPowerOfTen: -power), decimals: digits - 1)
        if mantissa.drop(while: { $0 == "-" }).prefix(2) == "10" {
            power += 1
            mantissa = DecimalText.fixed(DecimalText.scaled(value, byPowerOfTen: -power), decimals: digits - 1)
        }
        return "\(mantissa)e\(power)"
    }

    /// A count with thousands separators: 10,000.
    public static func count(_ value: Int) -> String { DecimalText.count(value) }
}
