extension Int {
    /// A decimal integer; nil for other text and for numbers outside of `range`.
    init?(_ text: some StringProtocol, in range: ClosedRange<Int>) {
        guard let number = Int(text, radix: 10), range.contains(number) else { return nil }
        self = number
    }
}
