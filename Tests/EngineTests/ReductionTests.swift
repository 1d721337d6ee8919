import Testing

@testable import Graphs

/// Sums and maxima must follow the sum tree for any vector width, domain shape, and division of work.
@Suite struct ReductionTests {
    private static func sum(_ values: [Float], outer: Int = 1, rows: Int, inner: Int = 1) -> ElementwiseCase {
        var program = ElementwiseCase(memory: [values], count: values.count)
        program.sources = [.contiguous(0, register: 0, count: values.count)]
        program.reductions = [.init(kind: .sum, register: 0)]
        (program.outer, program.rows, program.inner) = (outer, rows, inner)
        return program
    }

    private static func numbers(_ count: Int, seed: UInt64 = 3) -> [Float] {
        var generator = ElementwiseGenerator(seed: seed)
        return generator.numbers(count).map { $0.isFinite ? $0 : 1 }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 100, 511, 512, 513, 1023, 1024, 1025, 3000])
    func sumsFollowTheTree(rows: Int) {
        for (outer, inner) in [(1, 1), (3, 1), (1, 2), (2, 3), (1, 16), (1, 33)] {
            let program = Self.sum(Self.numbers(outer * rows * inner), outer: outer, rows: rows, inner: inner)
            let expected = program.reference()
            for kernels in ProductKernels.available {
                #expect(program.run(kernels, portion: 2) == expected, "\(kernels): [\(outer), \(rows), \(inner)]")
            }
        }
    }

    @Test(arguments: [(40, 512), (20, 513), (3, 1500), (1030, 600)])
    func wideRowsFollowTheTree(rows: Int, inner: Int) {
        let values = (0..<rows * inner).map { Float($0 &* 7919 % 1013) - 400.3 }
        let columns = [0, 1, 15, 16, 511, inner / 2, inner - 1]
        let expected = columns.map { j in Definition.tree((0..<rows).map { values[$0 * inner + j] }, .sum).bitPattern }
        for kernels in ProductKernels.available {
            let sums = Self.sum(values, rows: rows, inner: inner).run(kernels).results[0]
            #expect(columns.map { sums[$0] } == expected, "\(kernels)")
        }
    }

    /// More than 1024 chunks: the sums of the chunks are divided into chunks again.
    @Test func longSumsFollowTheTree() {
        let rows = 1024 * 1024 + 5000, values = (0..<rows).map { Float($0 % 1000) - 499.25 }
        let program = Self.sum(values, rows: rows)
        let expected = Definition.tree(values, .sum).bitPattern
        for kernels in ProductKernels.available { #expect(program.run(kernels, portion: 100).results == [[expected]], "\(kernels)") }
    }

    @Test func programsMayEndInReductions() {
        for seed in 1000..<1080 as Range<UInt64> {
            var generator = ElementwiseGenerator(seed: seed)
            let program = generator.program(reductions: 1 + Int(seed % 3))
            let expected = program.reference()
            for kernels in ProductKernels.available {
                for portion in [Int.max, 1, 7] {
                    #expect(program.run(kernels, portion: portion) == expected, "\(kernels): program \(seed) in portions of \(portion)")
                }
            }
        }
    }

    @Test(arguments: ProductKernels.available)
    func aMaximumPassesNaNOn(kernels: ProductKernels) {
        var values = (0..<100).map { Float(-$0) - 3 }
        var program = Self.sum(values, rows: 100)
        program.reductions = [.init(kind: .maximum, register: 0)]
        #expect(program.run(kernels).results == [[Float(-3).bitPattern]])
        values[77] = -.nan
        program.memory = [values]
        #expect(program.run(kernels).results == [[0x7fc0_0000]])
    }

    @Test func emptySumsAreZeroAfterCombining() {
        for kernels in ProductKernels.available {
            let program = Self.sum([], outer: 2, rows: 0, inner: 3)
            #expect(program.run(kernels).results == [[UInt32](repeating: 0, count: 6)])
        }
    }
}
