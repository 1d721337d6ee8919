/// Logarithms for layout, from correctly rounded operations only, so that they are bit-identical on every machine.
///
/// The C library's logarithm may differ in the last bit between processors, which could move a tick.
enum Logarithm {
    /// The natural logarithm of 2 and of 10, rounded to double.
    private static let ln2 = 0.6931471805599453
    private static let ln10 = 2.302585092994046

    /// The decimal logarithm of a positive finite number, including subnormals; error below 1e-15 relative to max(1, |result|).
    static func decimal(_ value: Double) -> Double {
        precondition(value > 0 && value.isFinite, "logarithm of \(value)")
        var exponent = Double(value.exponent)
        var significand = value.significand  // in [1, 2)
        if significand > 1.4142135623730951 {
            significand /= 2
            exponent += 1
        }
        // ln m = 2 artanh(t), t = (m - 1) / (m + 1), |t| < 0.1716: the series loses a factor of 34 per term.
        let t = (significand - 1) / (significand + 1)
        let square = t * t
        var sum = 0.0
        for term in stride(from: 25, through: 1, by: -2) {
            sum = sum * square + 1 / Double(term)
        }
        return (exponent * ln2 + 2 * t * sum) / ln10
    }
}
