/// Exponential and logarithm in double precision for published numbers: additions, products, and divisions only, hence the same bits on every machine.
public enum RealFunctions {
    /// e^x with an error below 2 ulp; 0 below -745.2, infinity above 709.8, NaN for NaN.
    ///
    /// Range reduction: k is the integer nearest to x / ln 2 and r = x - k ln 2, |r| < 0.347 (ln 2 in two parts, so that multiples of the first are exact).
    /// The Taylor polynomial of degree 13 leaves a relative error below 2^-57.
    public static func exponential(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        if x > 709.8 { return .infinity }
        if x < -745.2 { return 0 }
        let k = (x * 0x1.71547652b82fep+0).rounded(.toNearestOrEven)
        let r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
        var sum = 1.0 / 6_227_020_800
        sum = sum * r + 1.0 / 479_001_600
        sum = sum * r + 1.0 / 39_916_800
        sum = sum * r + 1.0 / 3_628_800
        sum = sum * r + 1.0 / 362_880
        sum = sum * r + 1.0 / 40_320
        sum = sum * r + 1.0 / 5_040
        sum = sum * r + 1.0 / 720
        sum = sum * r + 1.0 / 120
        sum = sum * r + 1.0 / 24
        sum = sum * r + 1.0 / 6
        sum = sum * r + 0.5
        sum = sum * r + 1
        sum = sum * r + 1
        // 2^k as two factors, so that subnormal and huge results are rounded once.
        let half = Int(k) / 2
        return sum * power(half) * power(Int(k) - half)
    }

    /// ln x with an error below 2 ulp; -infinity for 0, NaN for negative x and NaN, infinity for infinity.
    public static func logarithm(_ x: Double) -> Double {
        if x == 0 { return -.infinity }
        guard x > 0, x.isFinite else { return x == .infinity ? x : .nan }
        return naturalLogarithm(significand: x.significand, exponent: Int(x.exponent))
    }

    /// 2^k for |k| < 1000.
    private static func power(_ k: Int) -> Double { Double(bitPattern: UInt64(1023 + k) << 52) }
}

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
