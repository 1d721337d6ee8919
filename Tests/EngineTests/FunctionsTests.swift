import Foundation
import TestSupport
import Testing

@testable import Graphs

/// An elementary function of the kernels, its exact value, and its error bound.
struct ElementaryFunction: Sendable, CustomTestStringConvertible {
    var name: String
    var op: ElementwiseFunction
    /// Error bound in ulp over all binary32 inputs; measured once over all of them.
    var bound: Double
    var exact: @Sendable (Double) -> Double

    var testDescription: String { name }

    static let all = [
        ElementaryFunction(name: "exp", op: .exponential, bound: 0.77, exact: { exp($0) }),
        ElementaryFunction(name: "expm1", op: .exponentialMinusOne, bound: 1.05, exact: { expm1($0) }),
        ElementaryFunction(name: "log", op: .logarithm, bound: 0.83, exact: { log($0) }),
        ElementaryFunction(name: "log1p", op: .logarithmOnePlus, bound: 0.91, exact: { log1p($0) }),
        ElementaryFunction(name: "tanh", op: .tanh, bound: 1.35, exact: { tanh($0) }),
        ElementaryFunction(name: "sigmoid", op: .sigmoid, bound: 0.77, exact: { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
        ElementaryFunction(name: "softplus", op: .softplus, bound: 1.07, exact: { max($0, 0) + log1p(exp(-abs($0))) }),
        ElementaryFunction(name: "sin", op: .sine, bound: 0.85, exact: { sin($0) }),
        ElementaryFunction(name: "cos", op: .cosine, bound: 0.85, exact: { cos($0) }),
    ]

    func callAsFunction(_ inputs: [Float], kernels: ProductKernels) -> [Float] {
        var program = ElementwiseCase(memory: [inputs, [Float](repeating: 7, count: inputs.count)], count: inputs.count)
        program.sources = [.contiguous(0, register: 0, count: inputs.count)]
        program.instructions = [.init(op: op, result: 1, a: 0)]
        program.sinks = [.contiguous(1, register: 1, count: inputs.count)]
        return program.run(kernels).memory[1].map { Float(bitPattern: $0) }
    }
}

@Suite struct FunctionsTests {
    /// A regular sample of all bit patterns, including subnormals, infinities, and NaN.
    private static func patterns(step: Int) -> [Float] { stride(from: 0, to: 1 << 32, by: step).map { Float(bitPattern: UInt32($0)) } }

    /// The distance of a result from the exact value, in ulp of binary32 at the exact value.
    static func error(_ value: Float, _ exact: Double) -> Double {
        if exact.isNaN || value.isNaN { return exact.isNaN && value.isNaN ? 0 : .infinity }
        let nearest = Float(exact)
        if nearest.isInfinite || value.isInfinite { return nearest == value ? 0 : .infinity }
        return abs(Double(value) - exact) / max(exact.ulp * 0x1p29, 0x1p-149)
    }

    @Test(arguments: ElementaryFunction.all)
    func errorsAreWithinTheBound(function: ElementaryFunction) {
        let inputs = Self.patterns(step: 8191), values = function(inputs, kernels: ProductKernels.available[0])
        var worst = (error: 0.0, input: Float(0))
        for (x, y) in zip(inputs, values) {
            let exact = function.exact(Double(x)), error = Self.error(y, exact)
            if error > worst.error { worst = (error, x) }
            if !exact.isNaN, exact.sign != y.sign { worst = (.infinity, x) }
        }
        #expect(worst.error <= function.bound, "\(function.name)(\(worst.input))")
    }

    @Test(arguments: ElementaryFunction.all)
    func everyKernelSetGivesTheSameBits(function: ElementaryFunction) {
        let inputs = Self.patterns(step: 16_381), sets = ProductKernels.available
        let values = function(inputs, kernels: sets[0])
        for kernels in sets.dropFirst() {
            let difference = BitPatterns.difference(function(inputs, kernels: kernels), values)
            #expect(difference == nil, "\(kernels)")
        }
    }

    @Test func specialValuesAreRight() {
        let tiny = Float.leastNonzeroMagnitude
        let table: [(ElementwiseFunction, Float, Float)] = [
            (.exponential, 0, 1), (.exponential, -0.0, 1), (.exponential, -.infinity, 0), (.exponential, .infinity, .infinity), (.exponential, 88.72284, .infinity),
            (.exponential, -103.9721, 0), (.exponential, -103.97207, tiny), (.exponential, tiny, 1),
            (.exponentialMinusOne, 0, 0), (.exponentialMinusOne, -0.0, -0.0), (.exponentialMinusOne, -.infinity, -1), (.exponentialMinusOne, .infinity, .infinity), (.exponentialMinusOne, -tiny, -tiny),
            (.logarithm, 1, 0), (.logarithm, 0, -.infinity), (.logarithm, -0.0, -.infinity), (.logarithm, .infinity, .infinity), (.logarithm, -tiny, .nan),
            (.logarithmOnePlus, 0, 0), (.logarithmOnePlus, -0.0, -0.0), (.logarithmOnePlus, -1, -.infinity), (.logarithmOnePlus, -1.0000001, .nan), (.logarithmOnePlus, .infinity, .infinity),
            (.tanh, 0, 0), (.tanh, -0.0, -0.0), (.tanh, .infinity, 1), (.tanh, -.infinity, -1), (.tanh, 20, 1), (.tanh, -tiny, -tiny),
            (.sigmoid, 0, 0.5), (.sigmoid, -0.0, 0.5), (.sigmoid, .infinity, 1), (.sigmoid, -.infinity, 0), (.sigmoid, -200, 0),
            (.softplus, .infinity, .infinity), (.softplus, -.infinity, 0), (.softplus, 0, 0.6931472), (.softplus, 200, 200),
            (.sine, 0, 0), (.sine, -0.0, -0.0), (.sine, .infinity, .nan), (.sine, -.infinity, .nan), (.sine, tiny, tiny),
            (.cosine, 0, 1), (.cosine, -0.0, 1), (.cosine, .infinity, .nan), (.cosine, tiny, 1),
        ]
        for function in ElementaryFunction.all {
            let cases = table.filter { $0.0 == function.op } + [(function.op, .nan, .nan)]
            for kernels in ProductKernels.available {
                let values = function(cases.map(\.1), kernels: kernels)
                for (y, (_, x, expected)) in zip(values, cases) {
                    #expect(y.bitPattern == expected.bitPattern, "\(kernels): \(function.name)(\(x)) is \(y), not \(expected)")
                }
            }
        }
    }

    /// The hardest arguments for angle reduction: the binary32 number nearest to a multiple of pi / 2, and the largest ones.
    @Test func hugeAnglesAreReduced() {
        let table: [(x: Float, sine: Double, cosine: Double)] = [
            (0x1.f9cbe2p+7, 1.0, -4.185706803757208e-09), 
            (16367173 * 0x1p72, 1.0, -1.6147697982476211e-09), 
            (.greatestFiniteMagnitude, -0.5218765233336585, 0.8530210398303042), 
            (0x1p20, 0.3304931400217347, 0.943808393901312), 
            (0x1.fffffep+19, 0.2708982272451632, 0.9626079941884068), 
            (-0x1.47d0fep+34, -1.0, -2.0126460319185528e-09),
        ]
        for kernels in ProductKernels.available {
            let inputs = table.map(\.x)
            let sines = ElementaryFunction.all[7](inputs, kernels: kernels), cosines = ElementaryFunction.all[8](inputs, kernels: kernels)
            for (i, row) in table.enumerated() {
                #expect(Self.error(sines[i], row.sine) <= 0.85, "sin \(row.x)")
                #expect(Self.error(cosines[i], row.cosine) <= 0.85, "cos \(row.x)")
            }
        }
    }
}
