extension Matrix {
    /// Eigenvalues of a symmetric matrix in ascending order: Householder reduction to tridiagonal form, then implicit QL with shifts.
    ///
    /// Only the lower triangle is read. The absolute error is of the order of 2^-52 times the largest magnitude.
    /// - Precondition: the matrix is square.
    /// - Errors: `notFinite`; `noConvergence`, which no matrix is known to cause
    public func symmetricEigenvalues() throws(LinearAlgebraError) -> [Double] {
        try symmetricEigenvalues(kernels: .best)
    }

    func symmetricEigenvalues(kernels: LinearKernels) throws(LinearAlgebraError) -> [Double] {
        precondition(isSquare, "eigenvalues of a \(rows) x \(columns) matrix, which is not square")
        try checkFinite()
        let unit = magnitude
        var (values, beside) = kernels.tridiagonal(scaled(by: 1 / unit))
        guard kernels.tridiagonalEigenvalues(&values, &beside) else { throw .noConvergence }
        return values.map { $0 * unit }.sorted()
    }

    /// The trace of (A B)^(1/2) for symmetric positive semidefinite A and B of equal size. Always real, and symmetric in A and B up to rounding.
    ///
    /// With A = U^T U, the nonzero eigenvalues of A B are those of the symmetric U B U^T; the trace is the sum of their square roots.
    /// Eigenvalues that rounding makes negative count as zero. (A and B are first permuted alike: see `CholeskyFactor`.)
    /// - Parameter threads: number of threads for large products; the result does not depend on it
    /// - Source: Dowson and Landau 1982, for the Frechet distance that uses it
    /// - Precondition: A and B are square and of equal size.
    /// - Errors: `notFinite`, `notPositive` (of A), `noConvergence`
    /// - Cost: about 3.5 n^3 multiply-adds; under a second for n = 2048
    public static func traceOfRootOfProduct(_ a: Matrix, _ b: Matrix, threads: Int = 1) throws(LinearAlgebraError) -> Double {
        try traceOfRootOfProduct(a, b, kernels: .best.using(threads: threads))
    }

    static func traceOfRootOfProduct(_ a: Matrix, _ b: Matrix, kernels: LinearKernels) throws(LinearAlgebraError) -> Double {
        precondition(a.isSquare && a.rows == b.rows && b.isSquare, "trace of the root of a product of \(a.rows) x \(a.columns) and \(b.rows) x \(b.columns), expected square matrices of one size")
        try a.checkFinite()
        try b.checkFinite()
        let (unitA, unitB) = (a.magnitude, b.magnitude)
        let factor = try CholeskyFactor(a.scaled(by: 1 / unitA), kernels: kernels)
        let inner = congruence(factor.upper, b.scaled(by: 1 / unitB).reordered(factor.order), kernels: kernels)
        let roots = try inner.symmetricEigenvalues(kernels: kernels).map { max($0, 0).squareRoot() }
        return roots.reduce(0, +) * unitA.squareRoot() * unitB.squareRoot()
    }

    /// The lower triangle of U B U^T for an upper triangular U [rank, n], in blocks that skip the zeros of U.
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

    /// Permutes rows and columns.
    private func reordered(_ order: [Int]) -> Matrix {
        Matrix(rows: rows, columns: columns, elements: order.flatMap { row in order.map { self[row, $0] } })
    }
}
