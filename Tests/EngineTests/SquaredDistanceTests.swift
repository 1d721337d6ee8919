import Testing

@testable import Numerics

@Suite struct SquaredDistanceTests {
    @Test(arguments: [(1, 1, 1), (7, 5, 3), (300, 40, 64), (3, 2, 700)])
    func agreesWithTheDefinition(rows: Int, others: Int, columns: Int) {
        let a = Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { Double($0 * 7 % 23) / 7 })
        let b = Matrix(rows: others, columns: columns, elements: (0..<others * columns).map { Double($0 * 5 % 19) / 3 })
        let (ownNorms, otherNorms) = (a.squaredNorms, b.squaredNorms)
        var seen = 0
        a.squaredDistances(to: b) { range, block in
            #expect(range.lowerBound == seen && block.rows == range.count && block.columns == others)
            seen = range.upperBound
            for (place, row) in range.enumerated() {
                for other in 0..<others {
                    let expected = (0..<columns).reduce(0.0) { $0 + (a[row, $1] - b[other, $1]) * (a[row, $1] - b[other, $1]) }
                    #expect(abs(block[place, other] - expected) <= 1e-14 * (ownNorms[row] + otherNorms[other]))
                }
            }
        }
        #expect(seen == rows)
    }

    /// Norms and products follow the same rule, so equal rows have distance exactly 0.
    @Test(arguments: [1, 5, 64, 257, 784]) func equalRowsHaveNoDistance(columns: Int) {
        let a = Matrix(rows: 20, columns: columns, elements: (0..<20 * columns).map { Double($0 * 37 % 101) / 13 - 3 })
        a.squaredDistances(to: a) { range, block in
            for (place, row) in range.enumerated() { #expect(block[place, row] == 0) }
        }
    }

    @Test func emptySets() {
        Matrix(rows: 0, columns: 3).squaredDistances(to: Matrix(rows: 2, columns: 3)) { _, _ in Issue.record("there are no rows") }
        #expect(Matrix(rows: 2, columns: 0).multiplied(byTransposed: Matrix(rows: 3, columns: 0)) == Matrix(rows: 2, columns: 3))
    }
}
