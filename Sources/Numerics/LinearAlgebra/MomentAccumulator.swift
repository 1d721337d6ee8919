import CKernels

/// Mean and covariance of vectors that arrive in batches, in double precision.
///
/// Vectors are grouped into chunks of 1024. The mean of a chunk is the fixed-order sum of its columns; the products of the deviations from it are added to
/// the scatter matrix by the product rule; chunks are merged by the formula of Chan, Golub, and LeVeque (1983). The result depends
/// only on the vectors and their order, not on batch size, threads, or vector width.
public struct MomentAccumulator: Sendable {
    /// Components per vector.
    public let dimension: Int
    /// Number of vectors added so far.
    public var count: Int { joined + waiting.count / dimension }

    private let kernels: LinearKernels
    private var joined = 0
    private var waiting: [Float] = []
    private var mean: [Double]
    private var scatter: Matrix

    private static let chunk = 1024

    /// Creates an empty accumulator.
    /// - Parameter threads: number of threads for the products; the result does not depend on it
    public init(dimension: Int, threads: Int = 1) {
        self.init(dimension: dimension, kernels: .best.using(threads: threads))
    }

    init(dimension: Int, kernels: LinearKernels) {
        precondition(dimension > 0, "vectors of dimension \(dimension), expected > 0")
        (self.dimension, self.kernels) = (dimension, kernels)
        mean = [Double](repeating: 0, count: dimension)
        scatter = Matrix(rows: dimension, columns: dimension)
    }

    /// Adds a batch of vectors.
    /// - Shapes: vectors [any, dimension]
    public mutating func add(_ vectors: [Float]) {
        precondition(vectors.count % dimension == 0, "\(vectors.count) numbers do not form vectors of dimension \(dimension)")
        waiting += vectors
        let size = Self.chunk * dimension
        var start = 0
        while waiting.count - start >= size {
            join(waiting[start..<start + size])
            start += size
        }
        waiting.removeFirst(start)
    }

    /// The mean [dimension] and the covariance [dimension, dimension] with divisor count - 1, of all vectors added so far.
    /// - Precondition: at least two vectors.
    public func moments() -> (mean: [Double], covariance: Matrix) {
        precondition(count >= 2, "covariance of \(count) vectors, expected at least 2")
        var whole = self
        if !waiting.isEmpty { whole.join(waiting[...]) }
        whole.waiting = []
        return (whole.mean, whole.covariance())
    }

    private mutating func join(_ rows: ArraySlice<Float>) {
        let number = Double(rows.count / dimension), before = Double(joined), after = before + number
        let center = kernels.columnSums(rows, columns: dimension).map { $0 / number }
        let deviations = LinearKernels.Operand(elements: kernels.centered(rows, mean: center), row: dimension, column: 1)
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

    /// The scatter matrix holds sums in its lower triangle; the result is symmetric.
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
