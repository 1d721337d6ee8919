/// Why a matrix does not allow what was asked of it. Rows and columns count from 0.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    case notFinite(row: Int, column: Int)
    case notPositive(row: Int)
    case singular(column: Int)
    case noConvergence

    public var description: String {
        switch self {
        case .notFinite(let row, let column): "The matrix holds a value that is not finite, in row \(row), column \(column)."
        case .notPositive(let row): "The matrix is not positive semidefinite: elimination leaves something negative in row \(row)."
        case .singular(let column): "The matrix is singular: elimination finds no pivot in column \(column)."
        case .noConvergence: "The eigenvalues did not converge."
        }
    }
}
