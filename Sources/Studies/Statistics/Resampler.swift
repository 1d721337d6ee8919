import Canonical
import Numerics

/// Bootstrap resampling with a fixed stream: equal scores give equal resamples.
///
/// Draw i of resample r is the integer at (step r, index i) of the stream "bootstrap/<purpose>/<digest of the scores>" with seed 0. With several
/// strata, indices are consecutive, and each stratum is resampled separately.
struct Resampler {
    private let stream: RandomStream
    private let sizes: [Int]
    private let total: Int

    init(purpose: String, strata: [[Double]]) {
        let digests = strata.map { Scores.digest(of: $0).hex }.joined(separator: "+")
        stream = RandomStream(seed: 0, name: "bootstrap/\(purpose)/\(digests)")
        sizes = strata.map(\.count)
        total = sizes.reduce(0, +)
    }

    /// The indices drawn in resample `number`: for each stratum as many as it has elements.
    /// Stops drawing in a cancelled task, whose result is discarded.
    func places(_ number: Int) -> [[Int]] {
        guard !Task.isCancelled else { return sizes.map { [Int](repeating: 0, count: $0) } }
        let words = stream.words(step: UInt64(number), count: 4 * total)
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return (start..<(start + size)).map { index in
                words.integer(below: size, at: index) ?? stream.integer(below: size, step: UInt64(number), index: index)
            }
        }
    }

    /// The percentile interval of resampled values.
    static func interval(_ values: [Double], level: Double) -> ClosedRange<Double>? {
        let sorted = values.filter { !$0.isNaN }.sorted()
        let tail = (1 - level) / 2
        guard let lower = Quantile.value(tail, of: sorted), let upper = Quantile.value(1 - tail, of: sorted) else { return nil }
        return lower...max(lower, upper)
    }
}

extension [UInt32] {
    /// The integer of `RandomStream.integers` at an index, from the words of its step; nil if it would be rejected and redrawn.
    func integer(below bound: Int, at index: Int) -> Int? {
        let first = UInt64(self[4 * index]) | UInt64(self[4 * index + 1]) << 32
        let (high, low) = first.multipliedFullWidth(by: UInt64(bound))
        return low < UInt64(bound) ? nil : Int(high)
    }
}
