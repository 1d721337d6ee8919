import Foundation
package import Graphs

/// Functions of square matrices in double precision, by another algorithm than the engine's.
package enum MatrixReference {
    /// By Crout's factors A = L U with full pivoting, and substitution for each column of the inverse.
    package static func values(of function: MatrixFunction, _ x: [Double], size n: Int) -> [Double] {
        var a = x, rows = Array(0..<n), columns = Array(0..<n), logarithm = 0.0
        for k in 0..<n {
            let places = (k..<n).flatMap { row in (k..<n).map { (row, $0) } }
            let (row, column) = places.max { abs(a[$0.0 * n + $0.1]) < abs(a[$1.0 * n + $1.1]) }!
            for j in 0..<n { a.swapAt(k * n + j, row * n + j) }
            for i in 0..<n { a.swapAt(i * n + k, i * n + column) }
            rows.swapAt(k, row)
            columns.swapAt(k, column)
            let pivot = a[k * n + k]
            guard pivot != 0 else { return function == .inverse ? x.map { _ in .nan } : [-.infinity] }
            logarithm += Foundation.log(abs(pivot))
            for i in k + 1..<Swift.max(n, k + 1) {
                a[i * n + k] /= pivot
                for j in k + 1..<n { a[i * n + j] -= a[i * n + k] * a[k * n + j] }
            }
        }
        guard function == .inverse else { return [logarithm] }
        var inverse = [Double](repeating: 0, count: n * n)
        for target in 0..<n {
            var y = rows.map { $0 == target ? 1.0 : 0 }
            for i in 0..<n { for j in 0..<i { y[i] -= a[i * n + j] * y[j] } }
            for i in (0..<n).reversed() {
                for j in i + 1..<Swift.max(n, i + 1) { y[i] -= a[i * n + j] * y[j] }
                y[i] /= a[i * n + i]
            }
            for i in 0..<n { inverse[columns[i] * n + target] = y[i] }
        }
        return inverse
    }
}
