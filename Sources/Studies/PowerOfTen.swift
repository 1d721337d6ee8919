/// Powers of ten with real exponents, bit-identical on every machine: only +, -, *, / and scaling by powers of two.
enum PowerOfTen {
    /// 10^x for x in -22...22. Relative error below 8 * 2^-53; exact for integers x >= 0, and correctly
    /// rounded for integers x < 0.
    ///
    /// With n the integer nearest to x and f = x - n (exact), 10^x = 10^n e^(f ln 10). The argument of the
    /// exponential is at most 1.152, where rounding it costs at most 1.3 units of 2^-53.
    static func value(_ x: Double) -> Double {
        precondition(abs(x) <= 22, "10^\(x) is out of range")
        let whole = x.rounded(.toNearestOrEven)
        let factor = exponential((x - whole) * ln10)
        let power = Self.whole(Int(whole.magnitude))
        return whole < 0 ? factor / power : factor * power
    }

    /// 10^n, exact for n up to 22.
    static func whole(_ n: Int) -> Double {
        precondition(0...22 ~= n, "10^\(n) is not exact")
        return (0..<n).reduce(1) { power, _ in power * 10 }
    }

    private static let ln10 = 0x1.26bb1bbb55516p+1

    /// e^y for |y| <= 2: y = k ln 2 + r with |r| <= 0.35, then the Taylor polynomial of degree 14, whose remainder is
    /// below 2^-60. ln 2 is subtracted in two parts; k times the first, which has 21 bits, is exact.
    private static func exponential(_ y: Double) -> Double {
        let k = (y / 0x1.62e42fefa39efp-1).rounded(.toNearestOrEven)
        let r = (y - k * 0x1.62e42p-1) - k * 0x1.fdf473de6af28p-22
        let sum = stride(from: 14.0, through: 1, by: -1).reduce(1) { sum, n in 1 + sum * (r / n) }
        return sum * Double(sign: .plus, exponent: Int(k), significand: 1)
    }
}
