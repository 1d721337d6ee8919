/// A double-precision matrix for published numbers and small exact computations; training uses `Tensor`.
///
/// Results have the same bits on every machine: sums follow the product rule (fma chains over chunks of 256 terms; chunks added in order).
public struct Matrix: Sendable, Equatable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// Elements in row-major order.
    public internal(set) var elements: [Double]

    /// Creates a matrix from elements in row-major order.
    /// - Precondition: elements.count == rows * columns
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(rows >= 0 && columns >= 0 && elements.count == rows * columns, "\(elements.count) elements for \(rows) x \(columns)")
        (self.rows, self.columns, self.elements) = (rows, columns, elements)
    }

    /// Creates a constant matrix.
    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, elements: [Double](repeating: value, count: rows * columns))
    }

    /// Creates a diagonal matrix.
    public init(diagonal: [Double]) {
        self.init(rows: diagonal.count, columns: diagonal.count)
        for i in diagonal.indices { self[i, i] = diagonal[i] }
    }

    /// The identity matrix.
    public static func identity(_ size: Int) -> Matrix { Matrix(diagonal: [Double](repeating: 1, count: size)) }

    /// The element at (row, column), counted from 0.
    /// - Precondition: both are in range.
    public subscript(row: Int, column: Int) -> Double {
        get { elements[index(row, column)] }
        set { elements[index(row, column)] = newValue }
    }

    private func index(_ row: Int, _ column: Int) -> Int {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns, "element (\(row), \(column)) of a \(rows) x \(columns) matrix")
        return row * columns + column
    }

    /// Whether rows and columns are equal in number.
    public var isSquare: Bool { rows == columns }

    /// The sum of the diagonal, in ascending order.
    /// - Precondition: the matrix is square.
    public var trace: Double {
        precondition(isSquare, "trace of a \(rows) x \(columns) matrix, which is not square")
        return (0..<rows).reduce(0) { $0 + self[$1, $1] }
    }

    /// The transpose.
    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for i in 0..<rows {
            for j in 0..<columns { result[j, i] = self[i, j] }
        }
        return result
    }

    /// The matrix product.
    /// - Shapes: self [m, k], other [k, n] -> [m, n]
    /// - Precondition: the inner extents agree.
    public func multiplied(by other: Matrix) -> Matrix { multiplied(by: other, kernels: .best) }

    func multiplied(by other: Matrix, kernels: LinearKernels) -> Matrix {
        precondition(columns == other.rows, "\(rows) x \(columns) times \(other.rows) x \(other.columns)")
        var result = Matrix(rows: rows, columns: other.columns)
        kernels.addProduct(.init(self), .init(other), depth: columns, to: &result, rows: rows, columns: other.columns)
        return result
    }

    /// - Errors: `LinearAlgebraError.notFinite` for the first non-finite element
    func checkFinite() throws(LinearAlgebraError) {
        if let bad = elements.firstIndex(where: { !$0.isFinite }) { throw .notFinite(row: bad / columns, column: bad % columns) }
    }

    /// The largest power of two that is at most the largest magnitude; 1 for a zero matrix.
    var magnitude: Double {
        let greatest = elements.reduce(0) { max($0, abs($1)) }
        return greatest > 0 ? greatest.binade : 1
    }

    /// The matrix times a scalar; exact for powers of two, barring overflow and underflow.
    func scaled(by factor: Double) -> Matrix { Matrix(rows: rows, columns: columns, elements: elements.map { $0 * factor }) }
}
