public import Canonical
internal import Numerics

/// The unbiased squared maximum mean discrepancy with the kernel (x y / d + 1)^3, averaged over blocks. Reported as KID
/// together with the name of the feature extractor.
///
/// - Range and units: its expectation is 0 for equal distributions, so values may be slightly negative. Lower is better.
/// - Source: Binkowski et al. 2018, section 4; blocks as in TF-GAN and compare_gan: as few blocks as keep each within `maximumBlock` samples,
///   of sizes that differ by at most 1, larger ones last.
public struct KernelDistance: Sendable, Hashable {
    /// Maximum number of samples per block, >= 2.
    public let maximumBlock: Int

    /// Creates the metric; the default block size is that of TF-GAN.
    public init(maximumBlock: Int = 1024) { self.maximumBlock = maximumBlock }

    /// The options as they appear in the evaluation protocol.
    public var options: JSONValue {
        ["coefficient": 1, "degree": 3, "maximum_block": .integer(Int64(maximumBlock)), "scale": "1 / dimension"]
    }

    /// The mean over blocks and the standard deviation with divisor blocks - 1 (nil for one block). The standard error of the mean is this
    /// standard deviation divided by the square root of the number of blocks.
    /// - Shapes: reference [M, dimension], generated [N, dimension]
    /// - Errors: `MetricError.differentDimensions`, `tooFew`, `badOption`
    public func between(_ reference: FeatureSet, _ generated: FeatureSet) throws(MetricError) -> Spread {
        guard maximumBlock >= 2 else { throw .badOption("blocks of \(maximumBlock) samples") }
        let greater = Swift.max(reference.count, generated.count)
        let blocks = Swift.max(1, (greater + maximumBlock - 1) / maximumBlock)
        try reference.check(against: generated, needed: 2 * blocks)
        let values = (0..<blocks).map { block in
            Self.discrepancy(
                reference.matrix.rows(Self.range(block, of: blocks, count: reference.count)),
                generated.matrix.rows(Self.range(block, of: blocks, count: generated.count)))
        }
        return Spread(values, divisorLess: 1)
    }

    /// The mean over random subsets, as torch-fidelity and clean-fid compute it, and the standard deviation with divisor `subsets`. Subset i of a set is
    /// drawn without replacement with the numbers at step i of the streams `metrics/kid/first` and `metrics/kid/second`.
    /// - Parameters:
    ///   - size: samples of each set in a subset; 1000 in both programs
    ///   - threads: number of threads for the products; the result does not depend on it
    ///   - tell: called before each subset; what it throws ends the computation
    /// - Shapes: first [M, dimension], second [N, dimension]
    /// - Errors: `MetricError.differentDimensions`; `tooFew` if a set has fewer than `size` samples; `badOption`
    public static func overSubsets(
        _ subsets: Int, size: Int, _ first: FeatureSet, _ second: FeatureSet, threads: Int = 1, tell: (_ subset: Int) throws -> Void = { _ in }
    ) throws -> Spread {
        guard subsets >= 1, size >= 2 else { throw MetricError.badOption("\(subsets) subsets of \(size) samples") }
        try first.check(against: second, needed: size)
        let streams = ["first", "second"].map { RandomStream(seed: 0, name: "metrics/kid/\($0)") }
        var values: [Double] = []
        for subset in 0..<subsets {
            try tell(subset)
            let rows = zip([first, second], streams).map { set, stream in
                set.matrix.rows(at: size == set.count ? Array(0..<size) : stream.choice(size, of: set.count, step: UInt64(subset)))
            }
            values.append(discrepancy(rows[0], rows[1], threads: threads))
        }
        return Spread(values, divisorLess: 0)
    }

    static func range(_ block: Int, of blocks: Int, count: Int) -> Range<Int> {
        let size = count / blocks, smaller = blocks - count % blocks
        let start = block * size + Swift.max(0, block - smaller)
        return start..<start + size + (block < smaller ? 0 : 1)
    }

    private static func discrepancy(_ x: Matrix, _ y: Matrix, threads: Int = 1) -> Double {
        let (m, n) = (Double(x.rows), Double(y.rows))
        let within = kernelSum(x, x, leavingOutDiagonal: true, threads) / (m * (m - 1)) + kernelSum(y, y, leavingOutDiagonal: true, threads) / (n * (n - 1))
        return within - 2 * kernelSum(x, y, leavingOutDiagonal: false, threads) / (m * n)
    }

    /// Adds row sums in order.
    private static func kernelSum(_ x: Matrix, _ y: Matrix, leavingOutDiagonal: Bool, _ threads: Int) -> Double {
        let products = x.multiplied(byTransposed: y, threads: threads)
        let dimension = Double(x.columns)
        var total = 0.0
        for i in 0..<x.rows {
            var row = 0.0
            for j in 0..<y.rows where !(leavingOutDiagonal && i == j) {
                let base = products.elements[i * y.rows + j] / dimension + 1
                row += base * base * base
            }
            total += row
        }
        return total
    }
}
