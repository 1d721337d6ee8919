/// Numbers in sentences, as figures write them.
public enum FigureNumber {
    public static func text(_ value: Double, digits: Int) -> String { DecimalText.significant(value, digits: digits) }
}
