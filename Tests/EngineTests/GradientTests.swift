import GraphReference
import Testing

@testable import Graphs
@testable import Engine

/// Gradients against central differences, in double precision (`ReferenceEvaluator`): with h = 2^-16 and values and derivatives of order 1,
/// the truncation error is h^2/6 times the third derivative, ~ 1e-10, and the rounding error 2^-53 |f| / h ~ 1e-11 per summand. The
/// float32 gradients of a session are then compared with the same numbers.
@Suite struct GradientTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let shapes: [Shape]
        var low: Float = -1
        var high: Float = 1
        let build: @Sendable ([Tensor]) -> Tensor
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "add, broadcast", shapes: [[3, 4], [4]]) { $0[0] + $0[1] },
        Case(name: "subtract", shapes: [[3, 1], [1, 4]]) { $0[0] - $0[1] },
        Case(name: "multiply, broadcast", shapes: [[2, 3, 4], [3, 1]]) { $0[0] * $0[1] },
        Case(name: "divide", shapes: [[5], [5]], low: 0.5, high: 2) { $0[0] / $0[1] },
        Case(name: "minimum", shapes: [[7], [7]]) { Tensor.minimum($0[0], $0[1] + 3) },
        Case(name: "maximum", shapes: [[7], [7]]) { Tensor.maximum($0[0], $0[1] + 3) },
        Case(name: "square root", shapes: [[5]], low: 0.5, high: 2) { $0[0].squareRoot() },
        Case(name: "reciprocal square root", shapes: [[5]], low: 0.5, high: 2) { $0[0].reciprocalSquareRoot() },
        Case(name: "reciprocal", shapes: [[5]], low: 0.5, high: 2) { $0[0].reciprocal() },
        Case(name: "square", shapes: [[5]]) { $0[0].squared() },
        Case(name: "absolute", shapes: [[5]], low: 0.2, high: 1) { ($0[0] - 2).absoluteValue() },
        Case(name: "exp", shapes: [[5]]) { $0[0].exp() },
        Case(name: "expMinusOne", shapes: [[5]]) { $0[0].expMinusOne() },
        Case(name: "log", shapes: [[5]], low: 0.5, high: 2) { $0[0].log() },
        Case(name: "logOnePlus", shapes: [[5]], low: -0.5, high: 2) { $0[0].logOnePlus() },
        Case(name: "tanh", shapes: [[5]]) { $0[0].tanh() },
        Case(name: "sigmoid", shapes: [[5]]) { $0[0].sigmoid() },
        Case(name: "softplus", shapes: [[5]]) { $0[0].softplus() },
        Case(name: "sin", shapes: [[5]]) { $0[0].sin() },
        Case(name: "cos", shapes: [[5]]) { $0[0].cos() },
        Case(name: "leaky ReLU", shapes: [[6]], low: 0.1, high: 1) { ($0[0] - 0.05).leakyReLU() - (-$0[0]).leakyReLU(slope: 0.3) },
        Case(name: "clamp", shapes: [[6]], low: 0.2, high: 0.8) { $0[0].clamped(low: 0, high: 1) * $0[0] },
        Case(name: "sum over middle axis", shapes: [[2, 3, 4]]) { $0[0].sum(axes: [1]) },
        Case(name: "sum over outer and inner axes", shapes: [[2, 3, 4]]) { $0[0].sum(axes: [0, 2]) },
        Case(name: "mean, kept axes", shapes: [[3, 4]]) { $0[0] * $0[0].mean(axes: [1], keepingAxes: true) },
        Case(name: "maximum over axis", shapes: [[3, 5]]) { ($0[0] + $0[0].graph.constant([0, 1, 2, 3, 4], [5])).maximum(axes: [1]) },
        Case(name: "reshape, permute", shapes: [[2, 3, 4]]) { $0[0].permuted([2, 0, 1]).reshaped([8, 3]) },
        Case(name: "slice with steps", shapes: [[5, 7]]) { $0[0].slice(starts: [1, 0], extents: [2, 3], steps: [2, 3]) },
        Case(name: "pad", shapes: [[2, 3]]) { $0[0].padded(before: [1, 0], after: [0, 2]) },
        Case(name: "concatenate", shapes: [[2, 3], [2, 1]]) { Tensor.concatenate([$0[0], $0[1].exp()], axis: 1) },
        Case(name: "matrix inverse", shapes: [[3, 3]], low: 0.25, high: 0.75) { ($0[0] + identity($0[0].graph, 3) * 2).matrixInverse() },
        Case(name: "log absolute determinant", shapes: [[4, 4]], low: 0.25, high: 0.75) { ($0[0] + identity($0[0].graph, 4) * 2).logAbsoluteDeterminant() },
        Case(name: "gather rows", shapes: [[4, 3]]) { $0[0].gatherRows($0[0].graph.constant([2, 0, 2], [3])) },
        Case(name: "log softmax", shapes: [[3, 5]]) { $0[0].logSoftmax() },
        Case(name: "matmul", shapes: [[3, 4], [4, 2]]) { Tensor.matmul($0[0], $0[1]) },
        Case(name: "matmul A'", shapes: [[4, 3], [4, 2]]) { Tensor.matmul($0[0], $0[1], transposeA: true) },
        Case(name: "matmul B'", shapes: [[3, 4], [2, 4]]) { Tensor.matmul($0[0], $0[1], transposeB: true) },
        Case(name: "matmul A'B'", shapes: [[4, 3], [2, 4]]) { Tensor.matmul($0[0], $0[1], transposeA: true, transposeB: true) },
        Case(name: "convolution same, stride 2", shapes: [[2, 5, 6, 2], [3, 4, 4, 2]]) { $0[0].convolved(with: $0[1], stride: 2, padding: .same) },
        Case(name: "convolution valid, stride 1", shapes: [[1, 4, 5, 1], [2, 3, 2, 1]]) { $0[0].convolved(with: $0[1], stride: 1, padding: .valid) },
        Case(name: "convolution, stride 3, kernel 2", shapes: [[1, 7, 7, 1], [2, 2, 2, 1]]) { $0[0].convolved(with: $0[1], stride: 3, padding: .valid) },
        Case(name: "transposed convolution", shapes: [[2, 3, 3, 2], [2, 4, 4, 3]]) {
            $0[0].transposedConvolved(with: $0[1], stride: 2, padding: .same, outputHeight: 6, outputWidth: 5)
        },
        Case(name: "batch normalisation", shapes: [[6, 3], [3]]) {
            $0[0].standardized(epsilon: 0.01).normalized * $0[1]
        },
        Case(name: "maximum pooling, same", shapes: [[1, 5, 4, 2]]) { $0[0].maxPooled(kernelHeight: 3, kernelWidth: 2, stride: 2, padding: .same) },
        Case(name: "maximum pooling, windows that overlap", shapes: [[1, 6, 5, 1]]) {
            $0[0].maxPooled(kernelHeight: 3, kernelWidth: 3, stride: 1, padding: .explicit(1)).tanh()
        },
        Case(name: "average pooling, same", shapes: [[1, 5, 4, 2]]) {
            $0[0].tanh().averagePooled(kernelHeight: 3, kernelWidth: 2, stride: 2, padding: .same)
        },
        Case(name: "average pooling with padding", shapes: [[1, 5, 5, 1]]) {
            $0[0].averagePooled(kernelHeight: 3, kernelWidth: 3, stride: 1, padding: .explicit(1), countingPadding: true).squared()
        },
        Case(name: "bilinear resize, half-pixel centres", shapes: [[1, 3, 4, 2]]) {
            $0[0].resizedBilinear(height: 5, width: 7, convention: .halfPixelCenters).squared()
        },
        Case(name: "bilinear resize, TensorFlow 1", shapes: [[1, 3, 4, 2]]) { $0[0].resizedBilinear(height: 5, width: 3, convention: .tensorFlow1).tanh() },
        Case(name: "bilinear resize, corners", shapes: [[1, 3, 4, 1]]) { $0[0].resizedBilinear(height: 2, width: 6, convention: .alignedCorners) },
        Case(name: "nearest resize", shapes: [[1, 3, 4, 2]]) { $0[0].tanh().resizedNearest(height: 5, width: 3) },
        Case(name: "layer normalisation", shapes: [[3, 2, 4], [4]]) { $0[0].standardized(axes: [1, 2], epsilon: 0.01).normalized * $0[1] },
        Case(name: "instance normalisation", shapes: [[2, 3, 2, 2]]) { $0[0].standardized(axes: [1, 2], epsilon: 0.01).normalized.tanh() },
        Case(name: "mean and variance over axes apart", shapes: [[2, 3, 4]]) {
            let (_, mean, variance) = $0[0].standardized(axes: [0, 2], epsilon: 0.01)
            return mean * variance
        },
        Case(name: "softmax", shapes: [[3, 5]]) { $0[0].softmax() },
        Case(name: "softmax cross-entropy", shapes: [[3, 5], [3, 5]]) { $0[0].softmaxCrossEntropy(targets: $0[1].softmax()) },
        Case(name: "sigmoid cross-entropy", shapes: [[6], [6]]) { $0[0].sigmoidCrossEntropy(targets: $0[1].sigmoid()) },
        Case(name: "batch normalisation in two groups", shapes: [[4, 2, 2, 3]]) {
            $0[0].standardized(epsilon: 0.01, groups: 2).normalized.tanh()
        },
        Case(name: "negate", shapes: [[5]]) { -$0[0] },
        Case(name: "ReLU", shapes: [[6]], low: 0.1, high: 1) { ($0[0] - 0.05).relu() - (-$0[0]).relu() },
        Case(name: "ReLU read twice", shapes: [[4, 3]], low: 0.1, high: 1) { x in
            let y = (x[0] - x[0].graph.constant([0.05, 2, 0.05], [3])).relu()
            return y * y.exp() + x[0]
        },
        Case(name: "leaky ReLU of negative slope", shapes: [[6]], low: 0.1, high: 1) { (-$0[0]).leakyReLU(slope: -0.5) * $0[0].leakyReLU(slope: 0) },
        Case(name: "select", shapes: [[6], [6], [2, 6]]) { Tensor.select($0[0].graph.constant([1, 0, -2, 0, 0.5, 0], [6]), $0[0] * $0[2], $0[1]) },
        Case(name: "broadcast", shapes: [[3, 1]]) { $0[0].broadcast(to: [2, 3, 5]) },
        Case(name: "rows", shapes: [[5, 2]]) { $0[0].rows(1, 4) },
        Case(name: "moving average", shapes: [[5], [5]]) { $0[0].movingAverage(towards: $0[1], decay: 0.75) },
        Case(name: "clip to a norm", shapes: [[4], [3]]) { Tensor.concatenate(clipped($0, toGlobalNorm: 0.25), axis: 0) },
        Case(name: "clip to a value", shapes: [[6]], low: 0.2, high: 0.8) { clipped([$0[0] * 3], toValue: 0.5)[0] * $0[0] },
        Case(name: "matmul of a wide matrix", shapes: [[2, 300], [300, 2]]) { Tensor.matmul($0[0], $0[1]) * 0.1 },
    ]

    private static func identity(_ graph: Graph, _ size: Int) -> Tensor {
        graph.constant((0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }, [size, size])
    }

    /// A fixed pattern of numbers without a short period, within the case's bounds.
    static func values(_ count: Int, _ salt: Int, _ low: Float, _ high: Float) -> [Float] {
        (0..<count).map { index in
            let mixed = UInt32(truncatingIfNeeded: (index + 1) &* 2_654_435_761 &+ salt &* 40_503) >> 8
            return low + (high - low) * Float(mixed) / Float(1 << 24)
        }
    }

    /// A scalar that weights every output differently, so that errors cannot cancel.
    static func scalar(_ y: Tensor) -> Tensor {
        let weights = y.graph.constant(values(y.count, 77, -1, 1), y.shape)
        return (y * weights).sum()
    }

    static func evaluate(_ graph: Graph, _ tensors: [(String, Tensor)], _ store: TensorStore) throws -> [[Float]] {
        let session = Session(try Plan(graph, outputs: tensors), store: store, device: CPUDevice(), seed: 1)
        session.run(step: 0)
        return tensors.map { session.output($0.0) }
    }

    /// - Parameter rounding: tolerance of a session's gradients, as a fraction of the largest in a tensor, or of 1
    static func check(_ shapes: [Shape], low: Float, high: Float, rounding: Double, _ build: ([Tensor]) -> Tensor) throws {
        let graph = Graph()
        let store = TensorStore()
        var named: [String: [Double]] = [:]
        let inputs = shapes.enumerated().map { index, shape in
            store.create("x\(index)", shape)
            store["x\(index)"] = values(shape.count, index, low, high)
            named["x\(index)"] = store["x\(index)"].map(Double.init)
            return graph.parameter("x\(index)", shape)
        }
        let loss = build(inputs)
        let gradients = graph.gradients(of: loss, for: inputs)
        var reference = ReferenceEvaluator(graph, named)
        let exact = gradients.map { reference.values(of: $0) }
        func value(_ name: String, _ element: Int, _ delta: Double) -> Double {
            var moved = named
            moved[name]![element] += delta
            var evaluator = ReferenceEvaluator(graph, moved)
            return evaluator.values(of: loss)[0]
        }
        let step = 0x1p-16
        for (index, shape) in shapes.enumerated() {
            for element in 0..<shape.count {
                let numeric = (value("x\(index)", element, step) - value("x\(index)", element, -step)) / (2 * step)
                let analytic = exact[index][element]
                #expect(
                    abs(numeric - analytic) <= 1e-7 * Swift.max(1, abs(numeric)), "operand \(index), element \(element): \(analytic), by differences \(numeric)")
            }
        }
        let computed = try evaluate(graph, gradients.enumerated().map { ("g\($0.offset)", $0.element) }, store)
        for (found, expected) in zip(computed, exact) {
            let scale = expected.reduce(1) { Swift.max($0, abs($1)) }
            for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) <= rounding * scale, "a session computes \(a) instead of \(b)") }
        }
    }

    @Test(arguments: cases) func firstOrder(_ example: Case) throws {
        try Self.check(example.shapes, low: example.low, high: example.high, rounding: 1e-5) { Self.scalar(example.build($0)) }
    }

    /// The gradient of a weighted sum of the gradients.
    @Test(arguments: cases) func secondOrder(_ example: Case) throws {
        try Self.check(example.shapes, low: example.low, high: example.high, rounding: 1e-4) { inputs in
            let graph = inputs[0].graph
            let loss = Self.scalar(example.build(inputs).tanh())
            let gradients = graph.gradients(of: loss, for: inputs)
            return gradients.enumerated().map { index, gradient in
                (gradient * graph.constant(Self.values(gradient.count, 31 + index, -1, 1), gradient.shape)).sum()
            }.reduce(graph.constant(0)) { $0 + $1 }
        }
    }
}
