/// Number formatting for sentences.
public enum FigureNumber {
    /// `value` with `digits` significant digits.
    public static func text(_ value: Double, digits: Int) -> String { DecimalText.significant(value, digits: digits) }
}
