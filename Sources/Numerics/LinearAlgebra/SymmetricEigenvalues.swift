extension Matrix {
    /// The eigenvalues of a symmetric matrix, in ascending order: Householder reduction to tridiagonal form, then implicit QL with shifts.
    ///
    /// Only the lower triangle is read. The absolute error is of the order of 2^-52 times the greatest magnitude.
    /// - Errors: `notFinite`; `noConvergence`, which no matrix is known to cause.
    public func symmetricEigenvalues() throws(LinearAlgebraError) -> [Double] {
        try symmetricEigenvalues(kernels: .best)
    }

    func symmetricEigenvalues(kernels: LinearKernels) throws(LinearAlgebraError) -> [Double] {
        precondition(isSquare, "the eigenvalues of \(rows) x \(columns)")
        try checkFinite()
        let unit = magnitude
        var (values, beside) = kernels.tridiagonal(scaled(by: 1 / unit))
        guard kernels.tridiagonalEigenvalues(&values, &beside) else { throw .noConvergence }
        return values.map { $0 * unit }.sorted()
    }

    /// The trace of the square root of A B for symmetric positive semidefinite A and B of one size: never complex, and the same for (B, A) but
    /// for rounding.
    ///
    /// With A = U^T U the eigenvalues of A B are those of the symmetric U B U^T, and zeros where A is singular; the trace is the sum of their roots,
    /// where those that rounding pushed below zero count as zero. (A and B are reordered alike first: see `CholeskyFactor`.)
    /// - Source: Dowson and Landau 1982 for the distance that needs it.
    /// - Errors: `notFinite`, `notPositive` (of A), `noConvergence`
    /// - Cost: about 3.5 n^3 multiplications and additions; under a second for n = 2048.
    public static func traceOfRootOfProduct(_ a: Matrix, _ b: Matrix, threads: Int = 1) throws(LinearAlgebraError) -> Double {
        try traceOfRootOfProduct(a, b, kernels: .best.using(threads: threads))
    }

    static func traceOfRootOfProduct(_ a: Matrix, _ b: Matrix, kernels: LinearKernels) throws(LinearAlgebraError) -> Double {
        precondition(a.isSquare && a.rows == b.rows && b.isSquare, "\(a.rows) x \(a.columns) and \(b.rows) x \(b.columns)")
        try a.checkFinite()
        try b.checkFinite()
        let (unitA, unitB) = (a.magnitude, b.magnitude)
        let factor = try CholeskyFactor(a.scaled(by: 1 / unitA), kernels: kernels)
        let inner = congruence(factor.upper, b.scaled(by: 1 / unitB).reordered(factor.order), kernels: kernels)
        let roots = try inner.symmetricEigenvalues(kernels: kernels).map { max($0, 0).squareRoot() }
        return roots.reduce(0, +) * unitA.squareRoot() * unitB.squareRoot()
    }

    /// The lower triangle of U B U^T for an upper triangular U [rank, n], by blocks that leave out what is zero.
    private static func congruence(_ upper: Matrix, _ b: Matrix, kernels: LinearKernels) -> Matrix {
        let (rank, size, step) = (upper.rows, upper.columns, 256)
        var half = Matrix(rows: rank, columns: size), result = Matrix(rows: rank, columns: rank)
        for start in stride(from: 0, to: rank, by: step) {
            kernels.addProduct(
                .init(upper, row: start, column: start), .init(b, row: start), depth: size - start, to: &half, corner: (start, 0),
                rows: Swift.min(step, rank - start), columns: size)
        }
        for start in stride(from: 0, to: rank, by: step) {
            kernels.addProduct(
                .init(half, row: start, column: start), .init(upper, row: start, column: start).transposed, depth: size - start, to: &result,
                corner: (start, start), rows: rank - start, columns: Swift.min(step, rank - start))
        }
        return result
    }

    /// Rows and columns in another order.
    private func reordered(_ order: [Int]) -> Matrix {
        Matrix(rows: rows, columns: columns, elements: order.flatMap { row in order.map { self[row, $0] } })
    }
}
