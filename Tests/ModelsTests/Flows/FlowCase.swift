import Engine
import GraphReference
import Numerics
import Testing

@testable import Graphs
@testable import Models

/// A flow layer on small examples, with parameters away from their initial values, so that nothing is zero or an identity.
struct FlowCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Shape of a batch.
    let shape: Shape
    /// Channels of the condition; 0 for none.
    var condition = 0
    /// Allowed error of a round trip in float32, about twice the measured one.
    let bound: Float
    let layer: any FlowLayer
    var testDescription: String { name }

    static let convolutional = ConvolutionalCouplingNetwork(hidden: 3)
    static let dense = DenseCouplingNetwork(hidden: 5)

    static let all: [FlowCase] = [
        FlowCase(name: "ActNorm", shape: [2, 2, 3, 3], bound: 1e-6, layer: ActNorm(name: "n")),
        FlowCase(name: "plain convolution", shape: [2, 2, 2, 5], bound: 2e-6, layer: InvertibleConvolution(name: "c", form: .plain)),
        FlowCase(name: "LU convolution", shape: [2, 2, 2, 5], bound: 2e-6, layer: InvertibleConvolution(name: "c", form: .lu)),
        FlowCase(name: "squeeze", shape: [2, 4, 6, 2], bound: 0, layer: Squeeze()),
        FlowCase(name: "affine coupling", shape: [2, 2, 2, 5], bound: 1e-6, layer: AffineCoupling(name: "a", network: convolutional)),
        FlowCase(
            name: "reversed affine coupling", shape: [2, 2, 2, 5], bound: 1e-6, layer: AffineCoupling(name: "a", network: convolutional, isReversed: true)),
        FlowCase(name: "additive coupling", shape: [2, 2, 2, 4], bound: 1e-6, layer: AffineCoupling(name: "a", network: convolutional, scale: .none)),
        FlowCase(
            name: "coupling with a bounded exponential", shape: [3, 1, 1, 2], bound: 1e-6,
            layer: AffineCoupling(name: "a", network: dense, scale: .boundedExponential)),
        FlowCase(
            name: "conditional coupling", shape: [2, 2, 2, 4], condition: 3, bound: 1e-6,
            layer: AffineCoupling(name: "a", network: convolutional, scale: .sigmoid(epsilon: 1e-4), isConditional: true)),
        FlowCase(name: "affine injector", shape: [2, 2, 2, 3], condition: 2, bound: 1e-6, layer: AffineInjector(name: "i", network: convolutional)),
        FlowCase(
            name: "sequence", shape: [2, 2, 2, 4], bound: 4e-6,
            layer: FlowSequence([
                ActNorm(name: "n"), InvertibleConvolution(name: "c", form: .lu), AffineCoupling(name: "a", network: convolutional),
                InvertibleConvolution(name: "d", form: .plain),
            ])),
        FlowCase(
            name: "multi-scale", shape: [2, 4, 4, 1], bound: 1e-5,
            layer: MultiScaleFlow(
                levels: [
                    .init(
                        layers: FlowSequence([Squeeze(), ActNorm(name: "1/n"), InvertibleConvolution(name: "1/c", form: .lu), AffineCoupling(name: "1/a", network: convolutional)]),
                        split: LearnedSplit(name: "1/s"), shape: ExampleShape(height: 2, width: 2, channels: 4)),
                    .init(
                        layers: FlowSequence([Squeeze(), InvertibleConvolution(name: "2/c", form: .plain), AffineCoupling(name: "2/a", network: convolutional)]), split: nil,
                        shape: ExampleShape(height: 1, width: 1, channels: 8)),
                ], images: ExampleShape(height: 4, width: 4, channels: 1))),
    ]

    /// The graph of the layer over inputs "x" and "condition".
    struct Built {
        let graph = Graph()
        let parameters: ParameterSet
        let x: Tensor
        let context: FlowContext

        init(_ example: FlowCase) {
            parameters = ParameterSet(graph, prefix: "flow")
            x = graph.input("x", example.shape)
            let extents = Array(example.shape.extents.dropLast())
            context = FlowContext(
                parameters, condition: example.condition > 0 ? graph.input("condition", Shape(extents + [example.condition])) : nil)
        }

        /// Initial values of all parameters plus noise, and the inputs.
        func values(_ example: FlowCase) -> [String: [Float]] {
            let store = TensorStore()
            var values = ["x": FlowCase.noise(example.shape.count, "x", 1)]
            if let condition = context.condition { values["condition"] = FlowCase.noise(condition.count, "condition", 1) }
            for entry in parameters.entries {
                entry.initializer.create(entry.name, entry.shape, in: store, seed: 5)
                let noise = FlowCase.noise(entry.shape.count, entry.name, entry.isTrainable ? 0.2 : 0)
                values[entry.name] = zip(store[entry.name], noise).map { $0 + $1 }
            }
            return values
        }
    }

    static func noise(_ count: Int, _ name: String, _ deviation: Float) -> [Float] {
        RandomStream(seed: 9, name: name).numbers(.normal(mean: 0, deviation: deviation), step: 0, count: count)
    }
}

extension [String: [Float]] {
    var doubles: [String: [Double]] { mapValues { $0.map(Double.init) } }
}
