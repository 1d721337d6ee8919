public import Canonical

/// How much the samples for one condition differ: two measures of n samples each.
///
/// - Pixel deviation: the standard deviation (divisor n - 1) of a value over the samples, in units of 8-bit levels and without clipping, averaged over the values of an image.
///   It is 0 for a model that ignores its latents, and grows with the temperature. Source: the sigma of SRFlow (Lugmayr et al. 2020), as computed in HCFlow's evaluation.
/// - Diversity score: 100 (g - l) / g, where g is the smallest mean distance of a sample to the truth, and l the mean over pixels of the smallest distance among the samples:
///   how much better the samples are if every pixel may choose its own. From 0 (one sample is best everywhere) to 100. Source: the protocol of NTIRE 2021, "Learning the
///   super-resolution space"; there the distances are spatial LPIPS maps, here they are squared errors of pixels unless other maps are given, so values differ from published ones.
public struct SampleDiversity: Sendable, Hashable {
    /// Samples per condition, at least 2.
    public let draws: Int

    /// Creates the metric.
    public init(draws: Int = 10) { self.draws = draws }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue {
        ["deviation": "divisor n - 1, levels of 255, not clipped", "distance": "squared error of a pixel, mean over channels", "draws": .integer(Int64(draws))]
    }

    /// The pixel deviation of the samples of one image, in 8-bit levels.
    /// - Parameter samples: at least two arrays of equal length, in [0, 1]
    public static func pixelDeviation(_ samples: [[Float]]) -> Double {
        precondition(samples.count >= 2 && samples.allSatisfy { $0.count == samples[0].count }, "at least 2 samples of one size")
        let count = Double(samples.count)
        var sum = 0.0
        for index in samples[0].indices {
            // Differences from the first sample: equal samples have a deviation of exactly 0.
            let base = Double(samples[0][index])
            var total = 0.0, squares = 0.0
            for sample in samples {
                let difference = Double(sample[index]) - base
                total += difference
                squares += difference * difference
            }
            sum += (max(0, squares - total * total / count) / (count - 1)).squareRoot()
        }
        return 255 * sum / Double(samples[0].count)
    }

    /// The diversity score of the samples of one image.
    /// - Parameter distances: one map of distances >= 0 for each sample, of equal length
    /// - Returns: 0 if a sample is equal to the truth
    public static func score(_ distances: [[Double]]) -> Double {
        precondition(distances.first?.isEmpty == false && distances.allSatisfy { $0.count == distances[0].count }, "maps of one size")
        let pixels = Double(distances[0].count)
        let global = distances.map { $0.reduce(0, +) / pixels }.min() ?? 0
        guard global > 0 else { return 0 }
        let local = distances[0].indices.reduce(0.0) { sum, index in sum + (distances.map { $0[index] }.min() ?? 0) } / pixels
        return 100 * (global - local) / global
    }

    /// The squared error of each pixel of a sample, averaged over the channels.
    public static func squaredErrors(of sample: [Float], against truth: [Float], channels: Int) -> [Double] {
        precondition(sample.count == truth.count && channels > 0, "a sample of \(sample.count) values, the truth of \(truth.count)")
        return stride(from: 0, to: sample.count, by: channels).map { start in
            (start..<start + channels).reduce(0.0) { sum, index in
                let difference = Double(sample[index]) - Double(truth[index])
                return sum + difference * difference
            } / Double(channels)
        }
    }
}
