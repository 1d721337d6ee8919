/// Natural logarithm of significand * 2^exponent by additions, products, and divisions: the same bits on every machine.
///
/// For m in [sqrt(1/2), sqrt(2)], ln m = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.1716; truncating the artanh series after s^23 leaves
/// a relative error below 2^-60. ln 2 is split in two parts, the first short enough that its multiples are exact. The total error is below 2 ulp.
/// - Precondition: 1 <= significand < 2, |exponent| < 2^20
func naturalLogarithm(significand: Double, exponent: Int) -> Double {
    let upper = 0x1.62e42feep-1, lower = 0x1.a39ef35793c76p-33
    let isLarge = significand > 2.0.squareRoot()
    let m = isLarge ? significand / 2 : significand
    let k = Double(isLarge ? exponent + 1 : exponent)
    let s = (m - 1) / (m + 1)
    let square = s * s
    var series = 0.0
    for divisor in stride(from: 23.0, through: 3, by: -2) { series = (series + 1 / divisor) * square }
    return k * upper + (2 * s + (2 * s * series + k * lower))
}
