import Numerics

/// A random orthogonal matrix, the initial value of an invertible 1x1 convolution, and its factors P L U.
///
/// Q of the QR factorization, with a positive diagonal of R, of a matrix of normal numbers (row-major, step 0 of the stream): uniform over the orthogonal matrices
/// (Mezzadri 2007). The factors are those of Gaussian elimination with partial pivoting: Q = P (L + I) (U + diag(sign exp(log scale))). All in double
/// precision with a fixed order of operations, rounded to float32 at the end.
public struct OrthogonalMatrix: Sendable {
    /// The matrix or a factor.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// Q [n, n].
        case whole
        /// P [n, n].
        case permutation
        /// L [n, n], strictly lower triangular.
        case lower
        /// U [n, n], strictly upper triangular.
        case upper
        /// Signs of the diagonal of U [n].
        case sign
        /// Logarithms of the magnitudes of the diagonal of U [n].
        case logScale
    }

    private let size: Int
    /// Row-major.
    private let matrix: [Double]

    /// Draws a matrix of `size` rows.
    init(size: Int, stream: RandomStream) {
        self.size = size
        let numbers = stream.numbers(.normal(mean: 0, deviation: 1), step: 0, start: 0, count: size * size).map(Double.init)
        matrix = Self.orthogonalized(numbers, size)
    }

    /// Gram-Schmidt on the columns, each orthogonalized twice ("twice is enough", Giraud et al. 2005).
    private static func orthogonalized(_ numbers: [Double], _ n: Int) -> [Double] {
        var columns: [[Double]] = []
        for j in 0..<n {
            var column = (0..<n).map { numbers[$0 * n + j] }
            for _ in 0..<2 {
                for earlier in columns {
                    var projection = 0.0
                    for i in 0..<n { projection += earlier[i] * column[i] }
                    for i in 0..<n { column[i] -= projection * earlier[i] }
                }
            }
            var square = 0.0
            for i in 0..<n { square += column[i] * column[i] }
            let length = square.squareRoot()
            columns.append(column.map { $0 / length })
        }
        return (0..<n * n).map { columns[$0 % n][$0 / n] }
    }

    /// The values of a part in row-major order.
    func values(of part: Part) -> [Float] {
        if part == .whole { return matrix.map { Float($0) } }
        let (rows, factors) = factored()
        func entries(_ value: (Int, Int) -> Double) -> [Float] { (0..<size * size).map { Float(value($0 / size, $0 % size)) } }
        switch part {
        case .whole: return []
        // Row k of P'Q is row rows[k] of Q, so P has its one of column k in row rows[k].
        case .permutation: return entries { rows[$1] == $0 ? 1 : 0 }
        case .lower: return entries { $0 > $1 ? factors[$0 * size + $1] : 0 }
        case .upper: return entries { $0 < $1 ? factors[$0 * size + $1] : 0 }
        case .sign: return (0..<size).map { factors[$0 * size + $0] < 0 ? -1 : 1 }
        case .logScale: return (0..<size).map { Float(RealFunctions.logarithm(abs(factors[$0 * size + $0]))) }
        }
    }

    /// L below and U on and above the diagonal, and the row of the matrix that each row comes from.
    private func factored() -> (rows: [Int], factors: [Double]) {
        var a = matrix, rows = Array(0..<size)
        for k in 0..<size {
            var best = k
            for row in k..<size where abs(a[row * size + k]) > abs(a[best * size + k]) { best = row }
            for column in 0..<size { a.swapAt(k * size + column, best * size + column) }
            rows.swapAt(k, best)
            for row in k + 1..<Swift.max(size, k + 1) {
                a[row * size + k] /= a[k * size + k]
                for column in k + 1..<size { a[row * size + column] -= a[row * size + k] * a[k * size + column] }
            }
        }
        return (rows, a)
    }
}
