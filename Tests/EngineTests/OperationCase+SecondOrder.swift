@testable import Graphs

/// The operations that gradient penalties differentiate twice: the results are the gradients g of sum(w y) with respect to the inputs, with w the last input, and the
/// gradients of these are those of sum(v g).
extension OperationCase {
    private static func second(_ name: String, _ build: @escaping @Sendable ([Tensor]) -> Tensor) -> OperationCase {
        OperationCase("second order: " + name) { inputs in
            let of = Array(inputs.dropLast())
            return inputs[0].graph.gradients(of: [(build(of), inputs.last!)], for: of)
        }
    }

    private static func second(_ operation: OperationCase) -> OperationCase { second(operation.name) { operation.build($0)[0] } }

    static let secondOrder: [OperationCase] = [second("matmul") { Tensor.matmul($0[0], $0[1]) }]
        + convolutions[..<4].map { second($0) } + transposedConvolutions[..<3].map { second($0) }
        + ["square root", "exp", "log", "tanh", "sigmoid", "softplus", "square", "leaky ReLU"].map { name in second(functions.first { $0.name == name }!) }
        + [
            second("norm of rows") { $0[0].squared().sum(axes: [1]).squareRoot() },
            second("sum and mean") { $0[0].squared().sum(axes: [0, 2]) * $0[0].mean() },
            second("batch normalisation 7x4") { $0[0].standardized(epsilon: 0x1p-7).normalized },
            second("batch normalisation 12x3") { $0[0].standardized(epsilon: 0x1p-10).normalized },
        ]
}
