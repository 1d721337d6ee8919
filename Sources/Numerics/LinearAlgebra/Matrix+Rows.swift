extension Matrix {
    /// Converts single-precision numbers in row-major order.
    /// - Precondition: columns > 0, and values.count is a multiple of columns.
    public init(_ values: [Float], columns: Int) {
        precondition(columns > 0 && values.count % columns == 0, "\(values.count) numbers do not form rows of \(columns)")
        self.init(rows: values.count / columns, columns: columns, elements: values.map { Double($0) })
    }

    /// The rows of a range.
    public func rows(_ range: Range<Int>) -> Matrix {
        Matrix(rows: range.count, columns: columns, elements: Array(elements[range.lowerBound * columns..<range.upperBound * columns]))
    }

    /// Rows in the order of their indices.
    public func rows(at indices: [Int]) -> Matrix {
        var result: [Double] = []
        result.reserveCapacity(indices.count * columns)
        for row in indices { result += elements[row * columns..<(row + 1) * columns] }
        return Matrix(rows: indices.count, columns: columns, elements: result)
    }

    /// The product with the transpose of another matrix.
    /// - Shapes: self [m, k], other [n, k] -> [m, n]
    /// - Parameter threads: number of threads for large products; the result does not depend on it
    public func multiplied(byTransposed other: Matrix, threads: Int = 1) -> Matrix {
        var result = Matrix(rows: rows, columns: other.rows)
        addProducts(0..<rows, other, to: &result, .best.using(threads: threads))
        return result
    }

    /// Squared Euclidean distances between all rows of this matrix and all rows of another, passed to `receive` in blocks [rows.count, other.rows].
    ///
    /// Computed as |x|^2 + |y|^2 - 2 x y, each term by the product rule, so that equal rows have distance exactly 0; negative results of rounding become 0.
    /// The absolute error is about 2^-52 (|x|^2 + |y|^2).
    /// - Shapes: self [m, k], other [n, k]
    /// - Parameter threads: number of threads for the products; the result does not depend on it
    /// - Errors: whatever `receive` throws
    public func squaredDistances<Failure: Error>(
        to other: Matrix, threads: Int = 1, _ receive: (_ rows: Range<Int>, _ block: Matrix) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(columns == other.columns, "distances between rows of \(columns) and rows of \(other.columns) numbers")
        let (own, others) = (squaredNorms, other.squaredNorms), kernels = LinearKernels.best.using(threads: threads)
        let step = Swift.max(1, Swift.min(256, (1 << 22) / Swift.max(1, other.rows)))
        for start in stride(from: 0, to: rows, by: step) {
            let range = start..<Swift.min(start + step, rows)
            var block = Matrix(rows: range.count, columns: other.rows)
            addProducts(range, other, to: &block, kernels)
            block.turnIntoDistances(own[range], others)
            try receive(range, block)
        }
    }

    /// The column indices of the `count` smallest elements of a row, in ascending order of value; ties go to the lower index.
    public func smallest(_ count: Int, ofRow row: Int) -> [Int] {
        var found: [Int] = []
        let start = row * columns
        for column in 0..<columns {
            let value = elements[start + column]
            if found.count == count, value >= elements[start + found[count - 1]] { continue }
            let slot = found.firstIndex { elements[start + $0] > value } ?? found.count
            found.insert(column, at: slot)
            if found.count > count { found.removeLast() }
        }
        return found
    }

    /// |x|^2 of each row, by the product rule.
    public var squaredNorms: [Double] {
        (0..<rows).map { row in
            var total = 0.0
            for start in stride(from: row * columns, to: (row + 1) * columns, by: 256) {
                var chain = 0.0
                for k in start..<Swift.min(start + 256, (row + 1) * columns) { chain = chain.addingProduct(elements[k], elements[k]) }
                total += chain
            }
            return total
        }
    }

    private func addProducts(_ range: Range<Int>, _ other: Matrix, to result: inout Matrix, _ kernels: LinearKernels) {
        kernels.addProduct(
            .init(self, row: range.lowerBound), .init(elements: other.elements, row: 1, column: other.columns), depth: columns, to: &result,
            rows: range.count, columns: other.rows)
    }

    private mutating func turnIntoDistances(_ own: ArraySlice<Double>, _ others: [Double]) {
        for (row, norm) in own.enumerated() {
            let start = row * columns
            for column in 0..<columns {
                elements[start + column] = Swift.max(0, norm + others[column] - 2 * elements[start + column])
            }
        }
    }
}
