import CKernels
import Synchronization
import TestSupport
import Testing

@testable import Numerics

/// Matrices for tests.
private enum Numbers {
    static func matrix(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
        var random = TestRandom(seed: seed)
        return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in Double.random(in: -1...1, using: &random) })
    }

    /// A symmetric positive definite matrix.
    static func positive(_ size: Int, seed: UInt64 = 1) -> Matrix {
        let half = matrix(size, size + 3, seed: seed)
        return half.multiplied(by: half.transposed)
    }
}

private func greatestDifference(_ a: Matrix, _ b: Matrix) -> Double {
    #expect(a.rows == b.rows && a.columns == b.columns)
    return zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

@Suite struct LinearAlgebraTests {
    @Test("products follow the rule of chunks of 256, to the bit", arguments: [(1, 1, 1), (3, 5, 2), (9, 25, 256), (17, 49, 257), (100, 30, 600)])
    func product(rows: Int, columns: Int, depth: Int) {
        let a = Numbers.matrix(rows, depth, seed: 2), b = Numbers.matrix(depth, columns, seed: 3)
        var expected = Matrix(rows: rows, columns: columns)
        for i in 0..<rows {
            for j in 0..<columns {
                var total = 0.0
                for start in stride(from: 0, to: depth, by: 256) {
                    total += (start..<min(depth, start + 256)).reduce(0.0) { $0.addingProduct(a[i, $1], b[$1, j]) }
                }
                expected[i, j] = total
            }
        }
        for kernels in LinearKernels.available { #expect(a.multiplied(by: b, kernels: kernels) == expected) }
    }

    @Test("every vector width gives the same bits", arguments: [1, 2, 7, 33, 130])
    func sameBits(size: Int) throws {
        let a = Numbers.positive(size, seed: 4), b = Numbers.positive(size, seed: 5), general = Numbers.matrix(size, size, seed: 6)
        let all = LinearKernels.available
        let scalar = try #require(all.first)
        for kernels in all.dropFirst() {
            #expect(try CholeskyFactor(a, kernels: kernels) == CholeskyFactor(a, kernels: scalar))
            #expect(try a.symmetricEigenvalues(kernels: kernels) == a.symmetricEigenvalues(kernels: scalar))
            #expect(try LUFactor(general, kernels: kernels) == LUFactor(general, kernels: scalar))
            #expect(try LUFactor(general, kernels: kernels).inverse == LUFactor(general, kernels: scalar).inverse)
            #expect(
                try Matrix.traceOfRootOfProduct(a, b, kernels: kernels) == Matrix.traceOfRootOfProduct(a, b, kernels: scalar))
        }
    }

    /// U^T U in the order of the matrix.
    @Test("products have the same bits with any number of threads", arguments: [2, 3, 5])
    func threads(threads: Int) throws {
        let kernels = LinearKernels.best.using(threads: threads)
        for (rows, columns, depth) in [(700, 130, 260), (97, 911, 300), (2000, 1, 2100), (400, 400, 257)] {
            let a = Numbers.matrix(rows, depth, seed: 2), b = Numbers.matrix(depth, columns, seed: 3)
            #expect(a.multiplied(by: b, kernels: kernels) == a.multiplied(by: b, kernels: .best))
        }
        let a = Numbers.positive(330, seed: 4), b = Numbers.positive(330, seed: 5)
        #expect(try Matrix.traceOfRootOfProduct(a, b, threads: threads) == Matrix.traceOfRootOfProduct(a, b))
        let vectors = Numbers.matrix(1500, 230, seed: 6).elements.map { Float($0) }
        var (one, several) = (MomentAccumulator(dimension: 230), MomentAccumulator(dimension: 230, threads: threads))
        one.add(vectors)
        several.add(vectors)
        #expect(one.moments().covariance == several.moments().covariance)
    }

    private func rebuilt(_ factor: CholeskyFactor) -> Matrix {
        let product = factor.upper.transposed.multiplied(by: factor.upper)
        var result = product
        for (i, row) in factor.order.enumerated() {
            for (j, column) in factor.order.enumerated() { result[row, column] = product[i, j] }
        }
        return result
    }

    /// Large enough for products of a symmetric matrix and a vector by tiles, of whole ones and of rows that are left over.
    @Test("factorizations of large matrices have the same bits with any number of threads", arguments: [(896, 2), (901, 3)])
    func largeFactorizations(size: Int, threads: Int) throws {
        let a = Numbers.positive(size), one = LinearKernels.best, several = one.using(threads: threads)
        let (plain, shared) = (one.tridiagonal(a), several.tridiagonal(a))
        #expect(plain.diagonal == shared.diagonal && plain.beside == shared.beside)
        #expect(try CholeskyFactor(a, kernels: several) == CholeskyFactor(a, kernels: one))
    }

    @Test("tiles of a triangle wait for those to the left and above", arguments: [1, 2, 5, 40])
    func triangles(size: Int) {
        let order = Mutex<[[Int]]>([]), pool = ThreadPool(threads: 3)
        pool.runTriangle(size) { row, column in order.withLock { $0.append([row, column]) } }
        let done = order.withLock { $0 }
        let place = Dictionary(uniqueKeysWithValues: done.enumerated().map { ($1, $0) })
        #expect(done.count == size * (size + 1) / 2)
        for tile in done {
            for before in [[tile[0], tile[1] - 1], [tile[0] - 1, tile[1]]] where before[1] >= 0 && before[0] >= before[1] {
                #expect((place[before] ?? .max) < (place[tile] ?? -1), "\(before) before \(tile)")
            }
        }
    }

    @Test("the Cholesky factor times itself is the matrix", arguments: [1, 3, 64, 65, 200])
    func cholesky(size: Int) throws {
        let matrix = Numbers.positive(size)
        let factor = try CholeskyFactor(matrix)
        #expect(factor.rank == size && factor.order.sorted() == Array(0..<size))
        #expect(greatestDifference(rebuilt(factor), matrix) < 1e-13 * Double(size))
    }

    @Test("semidefinite matrices have the rank by construction", arguments: [(40, 15), (90, 64), (130, 1), (200, 100)])
    func choleskyOfSemidefiniteMatrices(size: Int, rank: Int) throws {
        var thin = Numbers.matrix(size, rank, seed: 21)
        // Rows of very different magnitudes must not look like zeros next to each other.
        for j in 0..<rank { thin[0, j] *= 1e-20 }
        for j in 0..<rank { thin[1, j] *= 1e+20 }
        let matrix = thin.multiplied(by: thin.transposed)
        let factor = try CholeskyFactor(matrix)
        #expect(factor.rank == rank)
        let result = rebuilt(factor)
        for i in 0..<size {
            for j in 0..<size { #expect(abs(result[i, j] - matrix[i, j]) < 1e-12 * (matrix[i, i] * matrix[j, j]).squareRoot()) }
        }
    }

    @Test func matricesOfZeros() throws {
        #expect(try CholeskyFactor(Matrix(rows: 3, columns: 3)).rank == 0)
        #expect(try Matrix.traceOfRootOfProduct(Matrix(rows: 3, columns: 3), .identity(3)) == 0)
        #expect(try CholeskyFactor(Matrix(diagonal: [0, 4, 0])).upper.elements == [2, 0, 0])
    }

    @Test func matricesThatHaveNoFactor() {
        #expect(throws: LinearAlgebraError.notPositive(row: 1)) { try CholeskyFactor(Matrix(diagonal: [1, -1, 1])) }
        #expect(throws: LinearAlgebraError.notPositive(row: 1)) {
            try CholeskyFactor(Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 1]))
        }
        #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 0)) {
            try CholeskyFactor(Matrix(rows: 2, columns: 2, elements: [1, 0, .nan, 1]))
        }
        #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1)) {
            try Matrix(rows: 2, columns: 2, elements: [1, .infinity, 0, 1]).symmetricEigenvalues()
        }
        #expect(throws: LinearAlgebraError.singular(column: 1)) {
            try LUFactor(Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 4]))
        }
    }

    @Test("the eigenvalues of the second difference are 2 - 2 cos(k pi / (n + 1))", arguments: [1, 2, 5, 40, 99])
    func knownEigenvalues(size: Int) throws {
        var matrix = Matrix(rows: size, columns: size)
        for i in 0..<size {
            matrix[i, i] = 2
            if i > 0 { (matrix[i, i - 1], matrix[i - 1, i]) = (-1, -1) }
        }
        // Reflected with irrational entries, so that the reduction is not trivial.
        let direction = Numbers.matrix(size, 1, seed: 9)
        let length = direction.elements.reduce(0) { $0 + $1 * $1 }
        var mirror = Matrix.identity(size)
        for i in 0..<size {
            for j in 0..<size { mirror[i, j] -= 2 * direction[i, 0] * direction[j, 0] / length }
        }
        let values = try mirror.multiplied(by: matrix).multiplied(by: mirror).symmetricEigenvalues()
        // cos(pi / (n + 1)) by Newton's method would need a test of its own; the characteristic polynomial is a recurrence.
        for value in values { #expect(abs(characteristic(size, at: value)) < 1e-11 * Double(size * size)) }
        #expect(abs(values.reduce(0, +) - 2 * Double(size)) < 1e-12 * Double(size))
        #expect(values == values.sorted() && zip(values, values.dropFirst()).allSatisfy { $1 - $0 > 1e-4 })
    }

    /// sin((n + 1) t) / sin(t) for 2 cos t = x - 2: zero at the eigenvalues of the second difference.
    private func characteristic(_ size: Int, at x: Double) -> Double {
        var (before, now) = (0.0, 1.0)
        for _ in 0..<size { (before, now) = (now, (x - 2) * now - before) }
        return now
    }

    @Test func eigenvaluesOfSpecialMatrices() throws {
        #expect(try Matrix(diagonal: [3, -1, 0, 2]).symmetricEigenvalues() == [-1, 0, 2, 3])
        #expect(try Matrix(rows: 3, columns: 3).symmetricEigenvalues() == [0, 0, 0])
        #expect(try Matrix(diagonal: [1e300, 1e200]).symmetricEigenvalues() == [1e200, 1e300])
        let ones = try Matrix(rows: 50, columns: 50, repeating: 1).symmetricEigenvalues()
        #expect(abs(ones[49] - 50) < 1e-12 && ones.dropLast().allSatisfy { abs($0) < 1e-13 })
    }

    @Test func rootOfProductOfDiagonals() throws {
        let a = Matrix(diagonal: [4, 9, 0, 1e-8]), b = Matrix(diagonal: [1, 16, 7, 1e8])
        #expect(abs(try Matrix.traceOfRootOfProduct(a, b) - (2 + 12 + 0 + 1)) < 1e-7)
    }

    @Test("the square root of A A has the trace of A, and the order does not matter", arguments: [1, 20, 150, 300])
    func rootOfSquare(size: Int) throws {
        let a = Numbers.positive(size, seed: 7), b = Numbers.positive(size, seed: 8)
        #expect(abs(try Matrix.traceOfRootOfProduct(a, a) / a.trace - 1) < 1e-12)
        let one = try Matrix.traceOfRootOfProduct(a, b), other = try Matrix.traceOfRootOfProduct(b, a)
        #expect(abs(one / other - 1) < 1e-12)
    }

    @Test("the inverse times the matrix is the identity", arguments: [1, 2, 10, 64])
    func inverse(size: Int) throws {
        let matrix = Numbers.matrix(size, size, seed: 11)
        let inverse = try LUFactor(matrix).inverse
        #expect(greatestDifference(inverse.multiplied(by: matrix), .identity(size)) < 1e-10)
    }

    @Test func determinants() throws {
        let matrix = Matrix(rows: 3, columns: 3, elements: [0, 2, 1, 1, 1, 0, 3, 0, 1])  // determinant -5
        let determinant = try LUFactor(matrix).determinant
        #expect(determinant.sign == -1)
        #expect(abs(determinant.logMagnitude - 1.6094379124341003) < 1e-15)
        let tiny = try LUFactor(Matrix(diagonal: [Double](repeating: 1e-200, count: 5))).determinant
        #expect(tiny.sign == 1)
        #expect(abs(tiny.logMagnitude + 2302.5850929940457) < 1e-12)
        #expect(try LUFactor(.identity(4)).determinant.logMagnitude == 0)
    }

    @Test(
        "natural logarithms", arguments: [(1.0, 0.0), (2, 0.6931471805599453), (10, 2.302585092994046), (1e-300, -690.7755278982137), (1.0000001, 9.999999505838704e-08)])
    func logarithm(x: Double, expected: Double) {
        let value = naturalLogarithm(significand: x.significand, exponent: Int(x.exponent))
        #expect(abs(value - expected) <= 2 * expected.ulp)
    }
}
