/// The number of seeds required for a confidence interval of a given width.
public enum SeedsNeeded {
    /// The smallest total number n of runs for which the half-width of the 95 % interval of the mean, t(n - 1) s / sqrt(n), is at most `halfWidth`,
    /// assuming the same standard deviation s.
    /// - Returns: nil for a nonpositive standard deviation or width, or above a million.
    public static func total(deviation: Double, halfWidth: Double) -> Int? {
        guard deviation > 0, halfWidth > 0, deviation.isFinite else { return nil }
        func reaches(_ n: Int) -> Bool { quantile(freedom: n - 1) * deviation / Double(n).squareRoot() <= halfWidth }
        var (low, high) = (1, 2)
        while !reaches(high) {
            (low, high) = (high, high * 2)
            guard high <= 1 << 20 else { return nil }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if reaches(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The 97.5 % quantile of Student's distribution: a table up to 30 degrees of freedom, then the expansion in 1 / freedom of Abramowitz and Stegun
    /// 26.7.5, whose error there is below 2e-6.
    static func quantile(freedom: Int) -> Double {
        if freedom <= table.count { return table[max(0, freedom - 1)] }
        let z = 1.959963984540054
        let v = Double(freedom)
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        let first = (z3 + z) / 4
        let second = (5 * z5 + 16 * z3 + 3 * z) / 96
        let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
        return z + (first + (second + third / v) / v) / v
    }

    private static let table = [
        12.7062047362, 4.30265272975, 3.18244630528, 2.7764451052, 2.57058183564, 2.44691185114,
        2.36462425159, 2.3060041352, 2.2621571628, 2.22813885199, 2.20098516009, 2.17881282967,
        2.16036865646, 2.14478668792, 2.13144954556, 2.11990529922, 2.10981557783, 2.10092204024,
        2.09302405441, 2.08596344727, 2.07961384473, 2.0738730679, 2.06865761042, 2.06389856163,
        2.05953855275, 2.05552943864, 2.05183051648, 2.0484071418, 2.04522964213, 2.0422724563,
    ]
}
