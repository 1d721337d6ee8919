public import Canonical
internal import Numerics

/// The unbiased squared maximum mean discrepancy with the kernel (x y / d + 1)^3, averaged over blocks: KID beside the name of its encoder.
///
/// - Range and units: 0 in expectation for equal distributions, so it may be slightly negative.
/// - Source: Binkowski et al. 2018, section 4; blocks as in TF-GAN and compare_gan: as few as keep each within `maximumBlock` samples, their sizes
///   differing by at most 1, the greater ones last.
public struct KernelDistance: Sendable, Hashable {
    public let maximumBlock: Int

    public init(maximumBlock: Int = 1024) { self.maximumBlock = maximumBlock }

    public var options: JSONValue {
        ["coefficient": 1, "degree": 3, "maximum_block": .integer(Int64(maximumBlock)), "scale": "1 / dimension"]
    }

    /// The mean over the blocks and their deviation with divisor blocks - 1 (nil for one block); the standard error of the mean is the deviation
    /// over the root of the number of blocks.
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

    static func range(_ block: Int, of blocks: Int, count: Int) -> Range<Int> {
        let size = count / blocks, smaller = blocks - count % blocks
        let start = block * size + Swift.max(0, block - smaller)
        return start..<start + size + (block < smaller ? 0 : 1)
    }

    private static func discrepancy(_ x: Matrix, _ y: Matrix) -> Double {
        let (m, n) = (Double(x.rows), Double(y.rows))
        let within = kernelSum(x, x, leavingOutDiagonal: true) / (m * (m - 1)) + kernelSum(y, y, leavingOutDiagonal: true) / (n * (n - 1))
        return within - 2 * kernelSum(x, y, leavingOutDiagonal: false) / (m * n)
    }

    /// Row sums added in order.
    private static func kernelSum(_ x: Matrix, _ y: Matrix, leavingOutDiagonal: Bool) -> Double {
        let products = x.multiplied(byTransposed: y)
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
