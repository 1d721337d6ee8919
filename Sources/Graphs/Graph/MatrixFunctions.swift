/// A function of a square matrix, computed in double precision by elimination and rounded to float32 once.
public enum MatrixFunction: String, Sendable, Hashable, CaseIterable {
    case inverse, logAbsoluteDeterminant

    /// The shape of the result for a matrix of n rows.
    package func shape(_ n: Int) -> Shape { self == .inverse ? [n, n] : .scalar }
}

extension Tensor {
    /// The inverse of a square matrix, computed in double precision with partial pivoting and rounded once. NaN if the matrix is singular or not finite.
    /// - Shapes: [n, n] -> [n, n]
    /// - Precondition: 1 <= n <= 256
    /// - Cost: 2 n^3 operations on one thread
    public func matrixInverse() -> Tensor { matrix(.inverse) }

    /// log|det A| of a square matrix, in nats, computed in double precision with partial pivoting and rounded once. Negative infinity if the matrix is
    /// singular, NaN if it is not finite. The gradient is the transposed inverse.
    /// - Shapes: [n, n] -> scalar
    /// - Precondition: 1 <= n <= 256
    /// - Cost: 2/3 n^3 operations on one thread
    public func logAbsoluteDeterminant() -> Tensor { matrix(.logAbsoluteDeterminant) }

    private func matrix(_ function: MatrixFunction) -> Tensor {
        precondition(
            shape.rank == 2 && shape[0] == shape[1] && (1...256).contains(shape[0]), "\(function) of \(shape); a square matrix of 1 to 256 rows is needed")
        return graph.add(.matrix(function), [graph.contiguous(self).id], function.shape(shape[0]))
    }
}
