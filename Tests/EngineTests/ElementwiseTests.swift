import Testing

@testable import Graphs

/// Every kernel set must compute exactly the bits of the definition, for all views and divisions of work.
@Suite struct ElementwiseTests {
    @Test func operationsHaveTheBitsOfTheDefinition() {
        let special: [Float] = [
            0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, 8_388_607.5, 8_388_608, -8_388_609, 3e9, .infinity, -.infinity, .nan,
            .leastNonzeroMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude, 3.1415927,
        ]
        let n = special.count, pairs = n * n
        for op in ElementwiseCase.Instruction.defined {
            var program = ElementwiseCase(memory: [special, special, special, [Float](repeating: 7, count: pairs)], count: pairs)
            program.sources = [
                .init(memory: 0, register: 0, dims: [n, n], strides: [1, 0]), .init(memory: 1, register: 1, dims: [n, n], strides: [0, 1]),
                .init(memory: 2, register: 2, dims: [n, n], strides: [0, 1]),
            ]
            program.instructions = [.init(op: op, result: 3, a: 0, b: 1, c: 2)]
            program.sinks = [.contiguous(3, register: 3, count: pairs)]
            let expected = program.reference()
            for kernels in ProductKernels.available {
                #expect(program.run(kernels) == expected, "\(kernels): \(op)")
            }
        }
    }

    @Test func programsHaveTheBitsOfTheDefinition() {
        for seed in 0..<100 as Range<UInt64> {
            var generator = ElementwiseGenerator(seed: seed)
            let program = generator.program(reductions: 0)
            let expected = program.reference()
            for kernels in ProductKernels.available {
                // Divisions do not affect in-place programs either: an element is read before it is written.
                for portion in [Int.max, 100, 513] {
                    #expect(program.run(kernels, portion: portion) == expected, "\(kernels): program \(seed) in portions of \(portion)")
                }
            }
        }
    }

    @Test(arguments: ProductKernels.available)
    func anOptimizerMayWorkInPlace(kernels: ProductKernels) {
        let count = 20_003
        var generator = ElementwiseGenerator(seed: 5)
        var program = ElementwiseCase(memory: (0..<3).map { _ in generator.numbers(count) } + [[0.9]], count: count)
        program.sources = (0..<3).map { .contiguous($0, register: $0, count: count) } + [.init(memory: 3, register: 3, dims: [count], strides: [0])]
        program.instructions = [
            .init(op: .subtract, result: 4, a: 1, b: 2), .init(op: .multiply, result: 6, a: 4, b: 3), .init(op: .add, result: 2, a: 6, b: 2),
            .init(op: .multiply, result: 5, a: 3, b: 3), .init(op: .multiply, result: 6, a: 2, b: 5), .init(op: .add, result: 0, a: 6, b: 0),
        ]
        program.sinks = [.contiguous(0, register: 0, count: count), .contiguous(2, register: 2, count: count), .contiguous(1, register: 4, count: count)]
        #expect(program.run(kernels, portion: 8192) == program.reference())
    }

    /// Two memories are swapped: what is stored unchanged must not come from memory that was just overwritten.
    @Test(arguments: ProductKernels.available, [5, 512, 2000])
    func memoriesMayChangePlaces(kernels: ProductKernels, count: Int) {
        var program = ElementwiseCase(memory: [(0..<count).map(Float.init), [Float](repeating: 1, count: count)], count: count)
        program.sources = (0..<2).map { .contiguous($0, register: $0, count: count) }
        program.sinks = [.contiguous(1, register: 0, count: count), .contiguous(0, register: 1, count: count)]
        #expect(program.run(kernels) == program.reference())
    }

    /// sign > bound ? value : value * slope runs as one step if nothing else uses its parts, and as three if something does or the sign's
    /// register is reused in between.
    @Test(arguments: ProductKernels.available, [5, 512, 2000])
    func rectifiedValues(kernels: ProductKernels, count: Int) {
        var generator = ElementwiseGenerator(seed: 9)
        for (sign, reused, wanted) in [(0, 4, 4), (1, 4, 4), (1, 1, 2), (1, 4, 3), (1, 4, 5), (0, 3, 2)] {
            var program = ElementwiseCase(memory: (0..<2).map { _ in generator.numbers(count) } + [[0], [0.2]] + (0..<2).map { _ in generator.numbers(count) }, count: count)
            program.sources = (0..<2).map { .contiguous($0, register: $0, count: count) }
            program.sources += (2..<4).map { .init(memory: $0, register: $0 + 4, dims: [count], strides: [0]) }
            program.instructions = [
                .init(op: .add, result: 2, a: 0, b: 1), .init(op: .greater, result: 3, a: sign, b: 6), .init(op: .absolute, result: reused, a: 2),
                .init(op: .multiply, result: 5, a: 0, b: 7), .init(op: .select, result: 8, a: 3, b: 0, c: 5), .init(op: .subtract, result: 9, a: 2, b: 8),
            ]
            program.sinks = [.contiguous(4, register: 9, count: count), .contiguous(5, register: wanted, count: count)]
            #expect(program.run(kernels) == program.reference(), "sign \(sign), reused \(reused), wanted \(wanted)")
        }
    }

    @Test(arguments: ProductKernels.available)
    func aNaNHasOnePattern(kernels: ProductKernels) {
        let odd = [0xffc0_1234, 0x7f80_0001, 0xffc0_0000, 0x3f80_0000].map { Float(bitPattern: $0) }
        var program = ElementwiseCase(memory: [odd, [0, 0, 0, 0], odd], count: 4)
        program.sources = [.contiguous(0, register: 0, count: 4)]
        program.instructions = [.init(op: .negate, result: 1, a: 0)]
        program.sinks = [.contiguous(1, register: 1, count: 4), .contiguous(2, register: 0, count: 4)]
        let outcome = program.run(kernels)
        #expect(outcome.memory[1] == [0x7fc0_0000, 0x7fc0_0000, 0x7fc0_0000, Float(-1).bitPattern])
        #expect(outcome.memory[2] == odd.map(\.bitPattern))  // values that are only copied keep their NaN payload
    }
}
