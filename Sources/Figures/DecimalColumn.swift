import Canonical

extension FigureNumber {
    /// Formats a column of numbers with the same number of decimals: enough for `digits` significant digits of the
    /// smallest, but no more than the largest can carry. If that would not show the smallest, each number is formatted separately.
    /// - Parameter limit: the most decimals; nil for no limit
    public static func column(_ values: [Double], digits: Int, limit: Int? = nil) -> [String] {
        let sizes = values.filter { $0.isFinite && $0 != 0 }.map(\.magnitude)
        guard let least = sizes.min(), let greatest = sizes.max(), greatest < 1e7, least >= 1e-4 else { return values.map { text($0, digits: digits) } }
        let isWhole = values.allSatisfy { !$0.isFinite || $0 == $0.rounded() }
        let most = max(0, digits + 2 - max(0, DecimalText.decimalExponent(greatest)))
        let decimals = isWhole ? 0 : max(0, min(digits - 1 - DecimalText.decimalExponent(least), most, limit ?? most))
        guard least * DecimalText.powerOfTen(decimals) >= 0.5 else { return values.map { text($0, digits: digits) } }
        return values.map { $0.isFinite ? $0 == 0 ? "0" : DecimalText.fixed($0, decimals: decimals) : text($0, digits: digits) }
    }
}

extension TableFigure {
    /// The table with equal decimals in each column that contains only plain numbers (not "6 of 8") and missing
    /// values.
    public func sharingDecimals(digits: Int) -> TableFigure {
        var table = self
        for column in columns.indices {
            let numbers = rows.map { row -> Double? in
                guard let number = row[column].value?.numberValue, Double(row[column].text.replacing(",", with: "")) != nil else { return nil }
                return number
            }
            guard zip(rows, numbers).allSatisfy({ $1 != nil || $0[column].value == .null }) else { continue }
            let texts = FigureNumber.column(numbers.compactMap(\.self), digits: digits)
            for (place, row) in rows.indices.filter({ numbers[$0] != nil }).enumerated() { table.rows[row][column].text = texts[place] }
        }
        return table
    }
}
