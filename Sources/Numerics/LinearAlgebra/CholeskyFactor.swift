/// The upper triangular U with A[order, order] = U^T U of a symmetric positive semidefinite matrix A, greatest pivot first.
public struct CholeskyFactor: Sendable, Equatable {
    /// U with zeros below the diagonal: [rank, n].
    public let upper: Matrix
    /// Row and column i of the reordered matrix are row and column order[i] of A.
    public let order: [Int]

    /// How many rows of A are independent within rounding.
    public var rank: Int { upper.rows }

    /// Only the upper triangle of the matrix is read. Rows and columns are judged each by its own size: what elimination leaves of a diagonal
    /// element counts as zero up to about n * 2^-52 times that element.
    /// - Errors: `notFinite`; `notPositive`, if something negative is left
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        try self.init(matrix, kernels: .best)
    }

    init(_ matrix: Matrix, kernels: LinearKernels) throws(LinearAlgebraError) {
        precondition(matrix.isSquare, "the Cholesky factor of \(matrix.rows) x \(matrix.columns)")
        try matrix.checkFinite()
        let size = matrix.rows
        var factor = matrix
        var order = [Int64](repeating: 0, count: size)
        // Powers of two that bring the diagonal into [1, 4): each row is judged by its own size.
        let scale = (0..<size).map { matrix[$0, $0] > 0 ? Double(sign: .plus, exponent: -(Int(matrix[$0, $0].exponent) >> 1), significand: 1) : 1 }
        let rank = Int(kernels.cholesky(&factor, scale: scale, order: &order))
        guard rank >= 0 else { throw .notPositive(row: -1 - rank) }
        factor.elements.removeLast((size - rank) * size)
        for i in 0..<rank {
            factor.elements.replaceSubrange(i * size..<i * size + i, with: repeatElement(0, count: i))
        }
        upper = Matrix(rows: rank, columns: size, elements: factor.elements)
        self.order = order.map { Int($0) }
    }
}
