/// Reading and converting numbers from outside: what does not fit is refused or cut, and never traps.
///
/// `Int(text)` and `Int(number)` know no bounds: a step of `Int.max` overflows at the first `+ 1`, and `Int(Double.nan)` ends the program.
/// Rooms that see outside data use these instead; `Tests/long/conversions` finds what does not.
extension FixedWidthInteger {
    /// A whole number written in decimal digits, with a sign or without.
    /// - Returns: nil for text that is no whole number, and for a number that is not in `range`.
    @inlinable public init?(_ text: some StringProtocol, in range: ClosedRange<Self>) {
        guard let number = Self(text, radix: 10), range.contains(number) else { return nil }
        self = number
    }

    /// The number without its fraction; the nearest bound where it does not fit, and 0 for what is not a number.
    @inlinable public init(saturating number: some BinaryFloatingPoint) {
        if number.isNaN { self = 0 } else { self = Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max) }
    }

    /// The sum, or the nearest bound where it does not fit.
    @inlinable public func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
