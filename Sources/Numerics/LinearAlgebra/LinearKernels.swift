import CKernels

/// The double-precision kernels for one vector width. All widths give the same bits; the choice affects speed only.
@safe struct LinearKernels: @unchecked Sendable {
    // @unchecked because the table it points to is constant and static.
    private let table: UnsafePointer<FidLinear>
    /// Threads for large products; nil for a single thread.
    private var pool: ThreadPool?

    /// Nil if this processor or build does not have the set.
    init?(_ set: FidKernelSet) {
        guard let table = unsafe fid_linear(set) else { return nil }
        unsafe self.table = table
    }

    /// The widest set that this processor supports.
    static let best: LinearKernels = {
        for set in [FID_AVX512, FID_AVX2, FID_NEON] {
            if let kernels = LinearKernels(set) { return kernels }
        }
        guard let scalar = LinearKernels(FID_SCALAR) else { preconditionFailure("every build has the scalar kernels") }
        return scalar
    }()

    /// The same kernels with `threads` threads for large products; the result does not depend on the number. The threads end with the last copy.
    func using(threads: Int) -> LinearKernels {
        precondition(threads >= 1, "\(threads) threads")
        var result = self
        result.pool = threads > 1 ? ThreadPool(threads: threads) : nil
        return result
    }

    /// All sets that this processor supports.
    static var available: [LinearKernels] {
        [FID_SCALAR, FID_AVX2, FID_AVX512, FID_NEON].compactMap { LinearKernels($0) }
    }

    /// An operand of a product: its first element and its row and column strides.
    struct Operand {
        let elements: [Double]
        var start = 0
        let row: Int
        let column: Int

        /// The submatrix that starts at (row, column).
        init(_ matrix: Matrix, row: Int = 0, column: Int = 0) {
            self.init(elements: matrix.elements, start: row * matrix.columns + column, row: matrix.columns, column: 1)
        }

        init(elements: [Double], start: Int = 0, row: Int, column: Int) {
            (self.elements, self.start, self.row, self.column) = (elements, start, row, column)
        }

        var transposed: Operand { Operand(elements: elements, start: start, row: column, column: row) }
    }

    /// result[i, j] += sum over k < depth of a[i, k] * b[k, j], for the rows x columns block of the result that starts at `corner`.
    func addProduct(
        _ a: Operand, _ b: Operand, depth: Int, to result: inout Matrix, corner: (row: Int, column: Int) = (0, 0), rows: Int, columns: Int,
        triangle: FidTriangle = FID_WHOLE
    ) {
        guard rows > 0, columns > 0, depth > 0 else { return }
        a.check(rows: rows, columns: depth)
        b.check(rows: depth, columns: columns)
        precondition(corner.row + rows <= result.rows && corner.column + columns <= result.columns)
        let width = result.columns
        unsafe a.elements.withUnsafeBufferPointer { left in
            unsafe b.elements.withUnsafeBufferPointer { right in
                unsafe result.elements.withUnsafeMutableBufferPointer { target in
                    unsafe run(
                        FidLinearProduct(
                            m: Int64(rows), n: Int64(columns), k: Int64(depth),
                            a: left.baseAddress! + a.start, a_row: Int64(a.row), a_column: Int64(a.column),
                            b: right.baseAddress! + b.start, b_row: Int64(b.row), b_column: Int64(b.column),
                            c: target.baseAddress! + corner.row * width + corner.column, ldc: Int64(width),
                            negative: 0, triangle: Int32(triangle.rawValue)))
                }
            }
        }
    }

    /// Divides large products among the threads; the order of summation per element does not depend on the division.
    private func run(_ product: FidLinearProduct) {
        guard let pool, unsafe product.m * product.n * product.k >= 1 << 22 else {
            var whole = unsafe product
            unsafe withWorkspace(size: 0) { unsafe table.pointee.product(&whole, $0) }
            return
        }
        let parts = unsafe ProductParts(product, threads: pool.threads)
        let kernels = self
        pool.run(parts.count) { part, _ in
            var product = unsafe parts[part]
            unsafe withWorkspace(size: 0) { unsafe kernels.table.pointee.product(&product, $0) }
        }
    }

    // MARK: Factorizations on several threads

    private final class Team {
        let kernels: LinearKernels
        init(_ kernels: LinearKernels) { self.kernels = kernels }
        static func of(_ context: UnsafeMutableRawPointer?) -> LinearKernels { unsafe Unmanaged<Team>.fromOpaque(context!).takeUnretainedValue().kernels }
    }

    /// Calls `body` with what computes parts of a factorization on the threads; nil for a single thread.
    private func withTeam<Result>(_ body: (UnsafePointer<FidLinearTeam>?) -> Result) -> Result {
        guard pool != nil else { return body(nil) }
        let own = Team(self)
        return withExtendedLifetime(own) {
            var team = unsafe FidLinearTeam(
                context: Unmanaged.passUnretained(own).toOpaque(), product: { context, product in unsafe Team.of(context).run(product!.pointee) },
                symmetric: { context, a, n, ld, x, y, lanes in unsafe Team.of(context).symmetric(a, n, ld, x, y, lanes) })
            return unsafe body(&team)
        }
    }

    /// Rows of a tile of a symmetric matrix.
    private static let tile: Int64 = 128

    private func symmetric(
        _ a: UnsafePointer<Double>?, _ n: Int64, _ ld: Int64, _ x: UnsafePointer<Double>?, _ y: UnsafeMutablePointer<Double>?, _ lanes: UnsafeMutablePointer<Double>?
    ) {
        let kernels = self, size = Self.tile
        pool?.runTriangle(Int((n + size - 1) / size)) { row, column in
            let (first, left) = (Int64(row) * size, Int64(column) * size)
            var tile = unsafe FidSymmetricTile(a: a, ld: ld, row: first, row_end: Swift.min(n, first + size), column: left, column_end: Swift.min(n, left + size))
            unsafe kernels.table.pointee.symmetric_tile(&tile, x, y, lanes)
        }
    }

    /// Replaces the upper triangle by the rows of the Cholesky factor; fidelio_linear.h describes scale, order, and result.
    func cholesky(_ matrix: inout Matrix, scale: [Double], order: inout [Int64]) -> Int64 {
        let size = Int64(matrix.rows)
        var scale = scale
        return unsafe matrix.elements.withUnsafeMutableBufferPointer { elements in
            unsafe withWorkspace(size: size) {
                let workspace = unsafe $0
                return unsafe withTeam { unsafe table.pointee.cholesky(elements.baseAddress, size, size, &scale, &order, workspace, $0) }
            }
        }
    }

    /// Diagonal and subdiagonal of the tridiagonal form of a symmetric matrix, of which only the lower triangle is read.
    func tridiagonal(_ matrix: Matrix) -> (diagonal: [Double], beside: [Double]) {
        var elements = matrix.elements
        var diagonal = [Double](repeating: 0, count: matrix.rows), beside = diagonal
        let size = Int64(matrix.rows)
        unsafe elements.withUnsafeMutableBufferPointer { elements in
            unsafe withWorkspace(size: size) {
                let workspace = unsafe $0
                unsafe withTeam { unsafe table.pointee.tridiagonal(elements.baseAddress, size, size, &diagonal, &beside, workspace, $0) }
            }
        }
        return (diagonal, beside)
    }

    /// Replaces the diagonal of a tridiagonal matrix by its eigenvalues; returns false if they do not converge.
    func tridiagonalEigenvalues(_ diagonal: inout [Double], _ beside: inout [Double]) -> Bool {
        unsafe fid_tridiagonal_eigenvalues(&diagonal, &beside, Int64(diagonal.count)) == 0
    }

    func lu(_ matrix: inout Matrix, pivots: inout [Int64]) -> Int64 {
        let size = Int64(matrix.rows)
        return unsafe matrix.elements.withUnsafeMutableBufferPointer { elements in
            unsafe table.pointee.lu(elements.baseAddress, size, size, &pivots)
        }
    }

    func solve(_ factors: Matrix, pivots: [Int64], _ right: inout Matrix) {
        let size = Int64(factors.rows), columns = Int64(right.columns)
        unsafe factors.elements.withUnsafeBufferPointer { factors in
            unsafe right.elements.withUnsafeMutableBufferPointer { right in
                unsafe table.pointee.lu_solve(factors.baseAddress, size, size, pivots, right.baseAddress, columns, columns)
            }
        }
    }

    /// The column sums of at most 1024 rows.
    func columnSums(_ rows: ArraySlice<Float>, columns: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: columns)
        unsafe rows.withUnsafeBufferPointer { x in
            unsafe table.pointee.column_sums(x.baseAddress, Int64(x.count / columns), Int64(columns), &sums)
        }
        return sums
    }

    /// The rows minus the mean.
    func centered(_ rows: ArraySlice<Float>, mean: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: rows.count)
        unsafe rows.withUnsafeBufferPointer { x in
            unsafe table.pointee.center(x.baseAddress, Int64(x.count / mean.count), Int64(mean.count), mean, &result)
        }
        return result
    }
}

extension LinearKernels.Operand {
    /// - Precondition: all selected rows and columns lie within the array.
    fileprivate func check(rows: Int, columns: Int) {
        let last = start + (rows - 1) * row + (columns - 1) * column
        precondition(start >= 0 && last < elements.count, "a \(rows) x \(columns) submatrix at element \(start) exceeds an array of \(elements.count)")
    }
}

/// Calls `body` with scratch memory for a routine on matrices of `size` rows.
private func withWorkspace<Result>(size: Int64, _ body: (UnsafeMutablePointer<Double>) -> Result) -> Result {
    let bytes = Int(fid_linear_workspace(size)) * MemoryLayout<Double>.stride
    return unsafe withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
        unsafe body(memory.baseAddress!.assumingMemoryBound(to: Double.self))
    }
}
