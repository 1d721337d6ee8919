import CKernels

/// Mean and covariance of vectors that arrive in any portions, in double precision.
///
/// Vectors are gathered into chunks of 1024. The mean of a chunk is the sum tree of its columns; the products of what deviates from it are added to
/// the scatter by the product rule; and the chunk is joined to those before it by the formula of Chan, Golub and LeVeque (1983). So the result depends
/// on the vectors and their order alone, not on portions, threads or vector width.
public struct MomentAccumulator: Sendable {
    /// Numbers in a vector.
    public let dimension: Int
    /// Vectors so far.
    public var count: Int { joined + waiting.count / dimension }

    private let kernels: LinearKernels
    private var joined = 0
    private var waiting: [Float] = []
    private var mean: [Double]
    private var scatter: Matrix

    private static let chunk = 1024

    /// - Parameter threads: share the products out, which changes no bit
    public init(dimension: Int, threads: Int = 1) {
        self.init(dimension: dimension, kernels: .best.using(threads: threads))
    }

    init(dimension: Int, kernels: LinearKernels) {
        precondition(dimension > 0, "vectors of \(dimension) numbers")
        (self.dimension, self.kernels) = (dimension, kernels)
        mean = [Double](repeating: 0, count: dimension)
        scatter = Matrix(rows: dimension, columns: dimension)
    }

    /// - Shapes: vectors [any, dimension]
    public mutating func add(_ vectors: [Float]) {
        precondition(vectors.count % dimension == 0, "\(vectors.count) numbers are no vectors of \(dimension)")
        waiting += vectors
        let size = Self.chunk * dimension
        var start = 0
        while waiting.count - start >= size {
            join(waiting[start..<start + size])
            start += size
        }
        waiting.removeFirst(start)
    }

    /// The mean [dimension] and the covariance [dimension, dimension] with divisor count - 1.
    /// - Precondition: at least two vectors
    public func moments() -> (mean: [Double], covariance: Matrix) {
        precondition(count >= 2, "a covariance of \(count) vectors")
        var whole = self
        if !waiting.isEmpty { whole.join(waiting[...]) }
        whole.waiting = []
        return (whole.mean, whole.covariance())
    }

    private mutating func join(_ rows: ArraySlice<Float>) {
        let number = Double(rows.count / dimension), before = Double(joined), after = before + number
        let center = kernels.columnSums(rows, columns: dimension).map { $0 / number }
        let deviations = LinearKernels.Operand(elements: kernels.centred(rows, mean: center), row: dimension, column: 1)
        addToScatter(deviations.transposed, deviations, depth: rows.count / dimension)
        if joined > 0 {
            let shift = zip(center, mean).map { $0 - $1 }
            let weighted = shift.map { $0 * (before * number / after) }
            addToScatter(
                .init(elements: weighted, row: 1, column: 1), .init(elements: shift, row: dimension, column: 1), depth: 1)
            for i in 0..<dimension { mean[i] += shift[i] * (number / after) }
        } else {
            mean = center
        }
        joined += rows.count / dimension
    }

    private mutating func addToScatter(_ a: LinearKernels.Operand, _ b: LinearKernels.Operand, depth: Int) {
        kernels.addProduct(a, b, depth: depth, to: &scatter, rows: dimension, columns: dimension, triangle: FID_LOWER)
    }

    /// The lower triangle of the scatter holds the sums; the upper one is its mirror image.
    private func covariance() -> Matrix {
        var result = scatter
        let divisor = Double(joined - 1)
        for i in 0..<dimension {
            for j in 0...i {
                result[i, j] = scatter[i, j] / divisor
                result[j, i] = result[i, j]
            }
        }
        return result
    }
}
