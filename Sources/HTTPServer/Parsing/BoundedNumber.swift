extension Int {
    /// A whole number written in decimal digits; nil for other text and for a number that is not in `range`.
    init?(_ text: some StringProtocol, in range: ClosedRange<Int>) {
        guard let number = Int(text, radix: 10), range.contains(number) else { return nil }
        self = number
    }
}
