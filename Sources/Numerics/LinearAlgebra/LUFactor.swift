/// LU factorization with partial pivoting, for inverses, linear systems, and determinants.
public struct LUFactor: Sendable, Equatable {
    private let factors: Matrix
    private let pivots: [Int64]
    private let kernels: LinearKernels

    /// Factors a matrix.
    /// - Precondition: the matrix is square.
    /// - Errors: `notFinite`; `singular` if a column has no nonzero pivot
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        try self.init(matrix, kernels: .best)
    }

    init(_ matrix: Matrix, kernels: LinearKernels) throws(LinearAlgebraError) {
        precondition(matrix.isSquare, "LU factors of a \(matrix.rows) x \(matrix.columns) matrix, which is not square")
        try matrix.checkFinite()
        var factors = matrix
        var pivots = [Int64](repeating: 0, count: matrix.rows)
        let status = kernels.lu(&factors, pivots: &pivots)
        guard status == 0 else { throw .singular(column: Int(status) - 1) }
        (self.factors, self.pivots, self.kernels) = (factors, pivots, kernels)
    }

    /// Solves A X = right.
    /// - Shapes: A [n, n], right [n, columns] -> [n, columns]
    public func solve(_ right: Matrix) -> Matrix {
        precondition(right.rows == factors.rows, "right-hand side of \(right.rows) rows for a system of \(factors.rows)")
        var result = right
        kernels.solve(factors, pivots: pivots, &result)
        return result
    }

    /// The inverse of A, [n, n].
    public var inverse: Matrix { solve(.identity(factors.rows)) }

    /// The determinant as sign (1 or -1) and natural logarithm of its magnitude, which cannot overflow or underflow.
    public var determinant: (sign: Double, logMagnitude: Double) {
        var significand = 1.0, exponent = 0
        for i in 0..<factors.rows {
            let pivot = factors[i, i]
            significand *= Int(pivots[i]) == i ? pivot : -pivot
            exponent += Int(significand.exponent)
            significand = Double(sign: significand.sign, exponent: 0, significand: significand.significand)
        }
        let logarithm = naturalLogarithm(significand: abs(significand), exponent: exponent)
        return (significand < 0 ? -1 : 1, logarithm)
    }

    /// Whether two factorizations have equal factors and pivots.
    public static func == (a: LUFactor, b: LUFactor) -> Bool { a.factors == b.factors && a.pivots == b.pivots }
}
