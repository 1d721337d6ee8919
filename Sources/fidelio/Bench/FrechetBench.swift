import Canonical
import Metrics

/// The Frechet distance at the size of Inception features: the fit of 10,000 x 2048 features, and the distance of two fits.
struct FrechetBench: BenchWorkload {
    let name = "frechet"
    private static let dimension = 2048
    private static let count = 10_000

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        var fits: [GaussianFit] = []
        var times: [Double] = []
        for side in 0..<2 {
            let features = Self.features(side)
            let start = BenchClock.now
            fits.append(try GaussianFit(features: features, dimension: Self.dimension, threads: settings.threads))
            times.append(BenchClock.now - start)
        }
        var distance = 0.0
        let distances = try settings.repeated(warmUp: 0, least: 3, seconds: settings.seconds / 4) {
            distance = try FrechetDistance.between(fits[0], fits[1], threads: settings.threads)
        }
        return [
            BenchResult(name: "frechet-fit", title: "mean and covariance of \(Self.count) x \(Self.dimension)", value: .seconds(BenchTimes(times))),
            BenchResult(
                name: "frechet-distance", title: "distance of two fits, d = \(Self.dimension)", value: .seconds(distances),
                details: ["distance": .number(distance)]),
        ]
    }

    /// Rectified mixtures of hashed indices (splitmix64), bit-identical to those of Benchmarks/frechet.py: each feature is a sum of three
    /// uniform numbers, two of them shared with other features, so the covariance is full and far from diagonal.
    private static func features(_ side: Int) -> [Float] {
        let base = (0..<count * dimension).map { Float(hash(UInt64($0) + UInt64(side) << 40) >> 40) * 0x1p-24 }
        let shift: Float = side == 0 ? 0.75 : 0.625
        return (0..<count * dimension).map { place in
            let (row, column) = (place / dimension * dimension, place % dimension)
            let value = base[place] + 0.5 * base[row + (column * 7 + 1) % dimension] + 0.25 * base[row + (column * 31 + 5) % dimension]
            return Swift.max(0, value - shift)
        }
    }

    private static func hash(_ index: UInt64) -> UInt64 {
        var x = index &* 0x9e37_79b9_7f4a_7c15
        x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
        x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
        return x ^ (x >> 31)
    }
}
