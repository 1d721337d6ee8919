/// A matrix in double precision, for published numbers and for small exact work; training uses `Tensor`.
///
/// Results are the same bits on every machine: sums follow the product rule (chains of fma over chunks of 256 terms, chunks added in order).
public struct Matrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Row after row.
    public internal(set) var elements: [Double]

    /// - Precondition: elements.count == rows * columns
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(rows >= 0 && columns >= 0 && elements.count == rows * columns, "\(elements.count) elements for \(rows) x \(columns)")
        (self.rows, self.columns, self.elements) = (rows, columns, elements)
    }

    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, elements: [Double](repeating: value, count: rows * columns))
    }

    /// The square matrix with these values on its diagonal and 0 elsewhere.
    public init(diagonal: [Double]) {
        self.init(rows: diagonal.count, columns: diagonal.count)
        for i in diagonal.indices { self[i, i] = diagonal[i] }
    }

    public static func identity(_ size: Int) -> Matrix { Matrix(diagonal: [Double](repeating: 1, count: size)) }

    public subscript(row: Int, column: Int) -> Double {
        get { elements[index(row, column)] }
        set { elements[index(row, column)] = newValue }
    }

    private func index(_ row: Int, _ column: Int) -> Int {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns, "(\(row), \(column)) in \(rows) x \(columns)")
        return row * columns + column
    }

    public var isSquare: Bool { rows == columns }

    /// The sum of the diagonal, in order.
    public var trace: Double {
        precondition(isSquare, "the trace of \(rows) x \(columns)")
        return (0..<rows).reduce(0) { $0 + self[$1, $1] }
    }

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for i in 0..<rows {
            for j in 0..<columns { result[j, i] = self[i, j] }
        }
        return result
    }

    /// The matrix product.
    /// - Shapes: self [m, k], other [k, n] -> [m, n]
    public func multiplied(by other: Matrix) -> Matrix { multiplied(by: other, kernels: .best) }

    func multiplied(by other: Matrix, kernels: LinearKernels) -> Matrix {
        precondition(columns == other.rows, "\(rows) x \(columns) times \(other.rows) x \(other.columns)")
        var result = Matrix(rows: rows, columns: other.columns)
        kernels.addProduct(.init(self), .init(other), depth: columns, to: &result, rows: rows, columns: other.columns)
        return result
    }

    /// - Errors: `LinearAlgebraError.notFinite` with the first offender
    func checkFinite() throws(LinearAlgebraError) {
        if let bad = elements.firstIndex(where: { !$0.isFinite }) { throw .notFinite(row: bad / columns, column: bad % columns) }
    }

    /// The greatest power of two that is not above the greatest magnitude; 1 for a matrix of zeros.
    var magnitude: Double {
        let greatest = elements.reduce(0) { max($0, abs($1)) }
        return greatest > 0 ? greatest.binade : 1
    }

    /// Every element times a factor. A power of two changes no digits.
    func scaled(by factor: Double) -> Matrix { Matrix(rows: rows, columns: columns, elements: elements.map { $0 * factor }) }
}
