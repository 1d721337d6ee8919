/// Parsing and conversion of untrusted numbers: values out of range are rejected or clamped, and never trap.
///
/// `Int(text)` and `Int(number)` do not check ranges: a step of `Int.max` overflows at the first `+ 1`, and `Int(Double.nan)` traps.
/// Rooms that read untrusted data use these instead; `Tests/long/conversions` finds violations.
extension FixedWidthInteger {
    /// An integer in decimal digits, with optional sign.
    /// - Returns: nil if the text is not an integer or not in `range`.
    @inlinable public init?(_ text: some StringProtocol, in range: ClosedRange<Self>) {
        guard let number = Self(text, radix: 10), range.contains(number) else { return nil }
        self = number
    }

    /// The number truncated toward zero and clamped to the range of the type; 0 for NaN.
    @inlinable public init(saturating number: some BinaryFloatingPoint) {
        if number.isNaN { self = 0 } else { self = Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max) }
    }

    /// The sum, clamped to the range of the type.
    @inlinable public func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
