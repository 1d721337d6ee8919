/// Why a matrix operation has no result. Rows and columns count from 0.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    /// An element is infinite or NaN.
    case notFinite(row: Int, column: Int)
    /// The matrix is not positive semidefinite.
    case notPositive(row: Int)
    /// The matrix has no inverse.
    case singular(column: Int)
    /// The eigenvalue iteration did not converge.
    case noConvergence

    /// The error in one sentence.
    public var description: String {
        switch self {
        case .notFinite(let row, let column): "The matrix has a non-finite element in row \(row), column \(column)."
        case .notPositive(let row): "The matrix is not positive semidefinite: elimination leaves a negative diagonal element in row \(row)."
        case .singular(let column): "The matrix is singular: elimination finds no pivot in column \(column)."
        case .noConvergence: "The eigenvalues did not converge."
        }
    }
}
