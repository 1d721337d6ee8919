/// Pivoted Cholesky factorization of a symmetric positive semidefinite matrix A: the upper triangular U with A[order, order] = U^T U.
public struct CholeskyFactor: Sendable, Equatable {
    /// U, with zeros below the diagonal: [rank, n].
    public let upper: Matrix
    /// The pivot order: row and column i of the permuted matrix are row and column order[i] of A.
    public let order: [Int]

    /// The numerical rank of A.
    public var rank: Int { upper.rows }

    /// Factors a matrix, of which only the upper triangle is read. The rank tolerance is relative to each row: a remaining diagonal element counts as
    /// zero if it is below about n * 2^-52 times its original value.
    /// - Precondition: the matrix is square.
    /// - Errors: `notFinite`; `notPositive` if a remaining diagonal element is negative
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        try self.init(matrix, kernels: .best)
    }

    init(_ matrix: Matrix, kernels: LinearKernels) throws(LinearAlgebraError) {
        precondition(matrix.isSquare, "Cholesky factor of a \(matrix.rows) x \(matrix.columns) matrix, which is not square")
        try matrix.checkFinite()
        let size = matrix.rows
        var factor = matrix
        var order = [Int64](repeating: 0, count: size)
        // Powers of two that scale the diagonal into [1, 4), so that the tolerance is relative to each row.
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
