import Engine
import Foundation
import GraphReference
import Testing

@testable import Graphs
@testable import Models

/// Every layer of the flows: inverse(forward(x)) = x, log-determinants against numeric Jacobians, gradients against differences.
@Suite struct FlowLayerTests {
    private static func worst(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }

    /// In double precision, both directions are inverse up to rounding, and their log-determinants cancel.
    @Test(arguments: FlowCase.all) func roundTripInDoublePrecision(_ example: FlowCase) {
        let built = FlowCase.Built(example)
        let forward = example.layer.forward(built.x, built.context)
        let back = example.layer.inverse(forward.value, built.context)
        var evaluator = ReferenceEvaluator(built.graph, built.values(example).doubles)
        #expect(back.value.shape == example.shape && forward.logDeterminant.shape == [example.shape[0]])
        let error = Self.worst(evaluator.values(of: back.value), evaluator.values(of: built.x))
        #expect(error < 1e-12, "\(error)")
        let sum = zip(evaluator.values(of: forward.logDeterminant), evaluator.values(of: back.logDeterminant)).map(+)
        #expect(sum.allSatisfy { abs($0) < 1e-12 }, "\(sum)")
    }

    /// In float32, on the engine, in both directions.
    @Test(arguments: FlowCase.all) func roundTripInSinglePrecision(_ example: FlowCase) throws {
        let built = FlowCase.Built(example)
        let forward = example.layer.forward(built.x, built.context)
        let back = example.layer.inverse(forward.value, built.context).value
        let values = built.values(example), store = TensorStore()
        for entry in built.parameters.entries {
            store.create(entry.name, entry.shape)
            store[entry.name] = values[entry.name]!
        }
        let session = Session(
            try Plan(built.graph, outputs: [("back", back), ("determinant", forward.logDeterminant)]), store: store, device: CPUDevice(), seed: 0)
        for name in ["x", "condition"] { if let given = values[name] { session.setInput(name, given) } }
        session.run(step: 0)
        let error = zip(session.output("back"), values["x"]!).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= example.bound, "\(error)")
        var evaluator = ReferenceEvaluator(built.graph, values.doubles)
        let exact = evaluator.values(of: forward.logDeterminant)
        for (a, b) in zip(session.output("determinant"), exact) { #expect(abs(Double(a) - b) < 1e-5 * max(1, abs(b)), "\(a) \(b)") }
    }

    /// log|det| of the Jacobian of one example by central differences, in double precision.
    @Test(arguments: FlowCase.all) func logDeterminantIsThatOfTheJacobian(_ example: FlowCase) {
        let built = FlowCase.Built(example), forward = example.layer.forward(built.x, built.context)
        let values = built.values(example).doubles, elements = example.shape.count / example.shape[0], step = 0x1p-16
        func value(_ element: Int, _ delta: Double) -> [Double] {
            var moved = values
            moved["x"]![element] += delta
            var evaluator = ReferenceEvaluator(built.graph, moved)
            return evaluator.values(of: forward.value)
        }
        var jacobian = [Double](repeating: 0, count: elements * elements)
        for column in 0..<elements {
            let (up, down) = (value(column, step), value(column, -step))
            for row in 0..<elements { jacobian[row * elements + column] = (up[row] - down[row]) / (2 * step) }
            // The other examples do not depend on this one.
            #expect(up[elements...] == down[elements...])
        }
        var evaluator = ReferenceEvaluator(built.graph, values)
        let exact = evaluator.values(of: forward.logDeterminant)[0]
        let numeric = MatrixReference.values(of: .logAbsoluteDeterminant, jacobian, size: elements)[0]
        #expect(abs(numeric - exact) < 1e-6, "\(exact), by differences \(numeric)")
    }

    /// Gradients of value and log-determinant with respect to every parameter, by central differences at a few elements of each.
    @Test(arguments: FlowCase.all) func gradientsAreThoseOfDifferences(_ example: FlowCase) {
        let built = FlowCase.Built(example), forward = example.layer.forward(built.x, built.context)
        let weights = built.graph.constant(FlowCase.noise(forward.value.count, "weights", 1), forward.value.shape)
        let ofExamples = built.graph.constant(Array(([1, -2, 0.5] as [Float]).prefix(example.shape[0])), [example.shape[0]])
        let loss = (forward.value * weights).sum() + (forward.logDeterminant * ofExamples).sum()
        let trainable = built.parameters.trainable
        let gradients = built.graph.gradients(of: loss, for: [built.x] + trainable.map(\.tensor))
        let values = built.values(example).doubles, step = 0x1p-18
        var evaluator = ReferenceEvaluator(built.graph, values)
        for (name, gradient) in zip(["x"] + trainable.map(\.name), gradients) {
            let exact = evaluator.values(of: gradient)
            for element in Set([0, exact.count / 3, exact.count / 2, exact.count - 1]) {
                func value(_ delta: Double) -> Double {
                    var moved = values
                    moved[name]![element] += delta
                    var evaluator = ReferenceEvaluator(built.graph, moved)
                    return evaluator.values(of: loss)[0]
                }
                let numeric = (value(step) - value(-step)) / (2 * step)
                #expect(abs(numeric - exact[element]) <= 1e-6 * max(1, abs(numeric)), "\(name)[\(element)]: \(exact[element]), by differences \(numeric)")
            }
        }
    }

    /// After the initialization, ActNorm's outputs have mean 0 and variance 1 in each channel, whatever comes before.
    @Test func initializationNormalizesEveryActNorm() throws {
        let graph = Graph(), parameters = ParameterSet(graph, prefix: "flow")
        let x = graph.input("x", [16, 2, 2, 3]) * 5 + 3
        let context = FlowContext(parameters, isInitializing: true)
        let first = ActNorm(name: "a").forward(x, context)
        let mixed = InvertibleConvolution(name: "c", form: .lu).forward(first.value.tanh() + 1, context)
        let second = ActNorm(name: "b").forward(mixed.value, context)
        #expect(parameters.statisticUpdates.count == 4)
        var evaluator = ReferenceEvaluator(graph, FlowCase.Built.initial(parameters, ["x": FlowCase.noise(192, "x", 1)]).doubles)
        for result in [first.value, second.value] {
            let values = evaluator.values(of: result)
            for channel in 0..<3 {
                let numbers = stride(from: channel, to: values.count, by: 3).map { values[$0] }
                let mean: Double = numbers.reduce(0, +) / 64
                let variance: Double = numbers.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / 64
                #expect(abs(mean) < 1e-9 && abs(variance - 1) < 1e-4, "\(mean) \(variance)")
            }
        }
    }

    /// A constant channel has no variance; its scale stays finite.
    @Test func initializationOfAConstantChannelIsFinite() {
        let graph = Graph(), parameters = ParameterSet(graph, prefix: "flow")
        let result = ActNorm(name: "a").forward(graph.input("x", [4, 1, 1, 1]), FlowContext(parameters, isInitializing: true))
        var evaluator = ReferenceEvaluator(graph, FlowCase.Built.initial(parameters, ["x": [2, 2, 2, 2]]).doubles)
        #expect(evaluator.values(of: result.value) == [0, 0, 0, 0] && evaluator.values(of: result.logDeterminant).allSatisfy { abs($0 - log(1e6)) < 1e-6 })
    }

    /// The 2x2 block [a b; c d] of channel c goes to channels 4c ... 4c + 3 in the order a, b, c, d.
    @Test func squeezeOrdersABlockByRows() {
        let graph = Graph(), context = FlowContext(ParameterSet(graph, prefix: "flow"))
        // Pixel (row, column), channel: 100 row + 10 column + channel.
        var pixels: [Float] = []
        for row in 0..<4 {
            for column in 0..<4 {
                for channel in 0..<2 { pixels.append(Float(100 * row + 10 * column + channel)) }
            }
        }
        let squeezed = Squeeze().forward(graph.constant(pixels, [1, 4, 4, 2]), context).value
        var evaluator = ReferenceEvaluator(graph, [:])
        #expect(squeezed.shape == [1, 2, 2, 8])
        #expect(Array(evaluator.values(of: squeezed)[8..<16]) == [20, 30, 120, 130, 21, 31, 121, 131])
    }

    /// At initialization the scale of a sigmoid coupling is sigmoid(2) = 0.8808, so each transformed element contributes -0.1269280 to the log-determinant.
    @Test func aNewCouplingContractsByAKnownFactor() {
        let graph = Graph(), parameters = ParameterSet(graph, prefix: "flow")
        let result = AffineCoupling(name: "a", network: FlowCase.convolutional).forward(graph.input("x", [1, 2, 2, 4]), FlowContext(parameters))
        var evaluator = ReferenceEvaluator(graph, FlowCase.Built.initial(parameters, ["x": FlowCase.noise(16, "x", 1)]).doubles)
        #expect(abs(evaluator.values(of: result.logDeterminant)[0] + 8 * 0.126928011) < 1e-7)
    }

    @Test func aConditionalLayerWithoutAConditionIsRefused() async {
        await #expect(processExitsWith: .failure) {
            let graph = Graph()
            _ = AffineInjector(name: "i", network: ConvolutionalCouplingNetwork(hidden: 2))
                .forward(graph.input("x", [1, 2, 2, 2]), FlowContext(ParameterSet(graph, prefix: "flow")))
        }
    }
}

extension FlowCase.Built {
    /// Initial values of parameters, and inputs.
    static func initial(_ parameters: ParameterSet, _ inputs: [String: [Float]]) -> [String: [Float]] {
        let store = TensorStore()
        return parameters.entries.reduce(into: inputs) { values, entry in
            entry.initializer.create(entry.name, entry.shape, in: store, seed: 5)
            values[entry.name] = store[entry.name]
        }
    }
}
