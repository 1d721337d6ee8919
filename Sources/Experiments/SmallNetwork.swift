internal import Engine
internal import Graphs
internal import Numerics

/// A fully connected network of a few units on the project's graph. Its weights are arguments, so that the gradient may pass through updates of them.
struct SmallNetwork {
    enum Activation {
        case relu, tanh
    }

    /// The prefix of its parameters.
    let name: String
    /// Units from the inputs to the outputs.
    let widths: [Int]
    let activation: Activation

    /// The parameters: weight [in, out] and bias [out] of each layer, in order.
    var shapes: [(name: String, shape: Shape)] {
        (1..<widths.count).flatMap { layer -> [(name: String, shape: Shape)] in
            [("\(name)/\(layer)/weight", [widths[layer - 1], widths[layer]]), ("\(name)/\(layer)/bias", [widths[layer]])]
        }
    }

    /// The parameters as tensors of a graph.
    func parameters(_ graph: Graph) -> [Tensor] { shapes.map { graph.parameter($0.name, $0.shape) } }

    /// - Shapes: x [batch, widths.first] -> [batch, widths.last]
    func output(_ x: Tensor, _ weights: [Tensor]) -> Tensor { layers(x, weights)[widths.count - 2] }

    /// The values of the hidden layers, and the output.
    /// - Shapes: x [batch, widths.first] -> [batch, units] of each layer
    func layers(_ x: Tensor, _ weights: [Tensor]) -> [Tensor] {
        var values: [Tensor] = []
        for layer in 0..<widths.count - 1 {
            let y = Tensor.matmul(values.last ?? x, weights[2 * layer]) + weights[2 * layer + 1]
            values.append(layer == widths.count - 2 ? y : activation == .relu ? y.relu() : y.tanh())
        }
        return values
    }

    /// Creates the parameters: weights N(0, 2 / (in + out)) (Glorot and Bengio 2010) from the streams `experiment/EXPERIMENT/initial/PARAMETER`, biases 0.
    func create(in store: TensorStore, _ experiment: Experiment, seed: UInt64) {
        for (parameter, shape) in shapes {
            store.create(parameter, shape)
            guard shape.extents.count == 2 else { continue }
            let deviation = (2 / Double(shape.extents[0] + shape.extents[1])).squareRoot()
            store.draw(
                parameter, .normal(mean: 0, deviation: Float(deviation)), from: RandomStream(seed: seed, name: "experiment/\(experiment.rawValue)/initial/\(parameter)"),
                step: 0)
        }
    }

    /// Adam updates of all parameters.
    func updates(_ adam: Adam, _ weights: [Tensor], gradients: [Tensor], rate: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        zip(shapes, zip(weights, gradients)).flatMap { adam.updates($1.0, named: $0.name, gradient: $1.1, rate: rate) }
    }
}
