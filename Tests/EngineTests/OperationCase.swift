import Testing

@testable import Graphs

/// One public operation as a graph over inputs x0, x1, ...: compared with golden values of another framework by `OperationGoldenTests` and with its
/// own pinned bits by `OperationDigestTests`. The names are those of Tests/Fixtures/operations.
struct OperationCase: Sendable, CustomTestStringConvertible {
    let name: String
    let build: @Sendable ([Tensor]) -> [Tensor]
    var testDescription: String { name }

    init(_ name: String, _ build: @escaping @Sendable ([Tensor]) -> [Tensor]) {
        self.name = name
        self.build = build
    }

    /// An operation with one result.
    init(_ name: String, of build: @escaping @Sendable ([Tensor]) -> Tensor) {
        self.init(name) { [build($0)] }
    }

    static let all: [OperationCase] =
        arithmetic + functions + shapes + reductions + products + normalizations + training + pooling + resizes + otherNormalizations + losses
        + secondOrder

    static func named(_ name: String) -> OperationCase? { all.first { $0.name == name } }

    private static let arithmetic: [OperationCase] = [
        OperationCase("add, broadcast", of: { $0[0] + $0[1] }),
        OperationCase("subtract, broadcast", of: { $0[0] - $0[1] }),
        OperationCase("multiply, broadcast", of: { $0[0] * $0[1] }),
        OperationCase("divide", of: { $0[0] / $0[1] }),
        OperationCase("minimum", of: { Tensor.minimum($0[0], $0[1]) }),
        OperationCase("maximum", of: { Tensor.maximum($0[0], $0[1]) }),
        OperationCase("select", of: { Tensor.select($0[0], $0[1], $0[2]) }),
        OperationCase("negate", of: { -$0[0] }),
        OperationCase("compare") { [Tensor.greater($0[0], $0[1]), Tensor.greaterOrEqual($0[0], $0[1]), Tensor.equal($0[0], $0[1])] },
    ]

    static let functions: [OperationCase] = [
        OperationCase("square", of: { $0[0].squared() }),
        OperationCase("square root", of: { $0[0].squareRoot() }),
        OperationCase("reciprocal square root", of: { $0[0].reciprocalSquareRoot() }),
        OperationCase("reciprocal", of: { $0[0].reciprocal() }),
        OperationCase("absolute value", of: { $0[0].absoluteValue() }),
        OperationCase("exp", of: { $0[0].exp() }),
        OperationCase("expMinusOne", of: { $0[0].expMinusOne() }),
        OperationCase("log", of: { $0[0].log() }),
        OperationCase("logOnePlus", of: { $0[0].logOnePlus() }),
        OperationCase("tanh", of: { $0[0].tanh() }),
        OperationCase("sigmoid", of: { $0[0].sigmoid() }),
        OperationCase("softplus", of: { $0[0].softplus() }),
        OperationCase("sin", of: { $0[0].sin() }),
        OperationCase("cos", of: { $0[0].cos() }),
        OperationCase("relu", of: { $0[0].relu() }),
        OperationCase("leaky ReLU", of: { $0[0].leakyReLU(slope: 0.2) }),
        OperationCase("clamp", of: { $0[0].clamped(low: -0.75, high: 1.25) }),
        OperationCase("sign, floor, round") { [$0[0].sign(), $0[0].floor(), $0[0].rounded()] },
    ]

    private static let shapes: [OperationCase] = [
        OperationCase("reshape, permute", of: { $0[0].permuted([2, 0, 1]).reshaped([8, 3]) }),
        OperationCase("broadcast", of: { $0[0].broadcast(to: [2, 3, 5]) }),
        OperationCase("slice with steps", of: { $0[0].slice(starts: [1, 0], extents: [2, 3], steps: [2, 3]) }),
        OperationCase("rows", of: { $0[0].rows(1, 4) }),
        OperationCase("pad", of: { $0[0].padded(before: [1, 0], after: [0, 2]) }),
        OperationCase("concatenate", of: { Tensor.concatenate([$0[0], $0[1], $0[2]], axis: 1) }),
        OperationCase("gather rows", of: { $0[0].gatherRows($0[0].graph.constant([2, 0, 2, 3, 2], [5])) }),
        OperationCase("matrix inverse", of: { $0[0].matrixInverse() }),
        OperationCase("log absolute determinant", of: { $0[0].logAbsoluteDeterminant() }),
        OperationCase("nearest resize", of: { $0[0].resizedNearest(height: 6, width: 8) }),
    ]

    private static let reductions: [OperationCase] = [
        OperationCase("sum over the middle", of: { $0[0].sum(axes: [1]) }),
        OperationCase("sum over the ends", of: { $0[0].sum(axes: [0, 2]) }),
        OperationCase("sum of 2100 rows", of: { $0[0].sum(axes: [0]) }),
        OperationCase("sum of all", of: { $0[0].sum() }),
        OperationCase("mean, kept axes", of: { $0[0].mean(axes: [1], keepingAxes: true) }),
        OperationCase("mean of squares", of: { $0[0].squared().mean() }),
        OperationCase("maximum over an axis", of: { $0[0].maximum(axes: [1]) }),
        OperationCase("log softmax", of: { $0[0].logSoftmax() }),
        OperationCase("softmax cross-entropy", of: { x in
            var oneHot = [Float](repeating: 0, count: 60)
            for (row, label) in [3, 0, 9, 3, 7, 1].enumerated() { oneHot[row * 10 + label] = 1 }
            return -(x[0].logSoftmax() * x[0].graph.constant(oneHot, [6, 10])).sum() / 6
        }),
    ]

    private static func convolution(_ images: String, _ kernel: String, _ stride: Int, _ padding: ConvolutionGeometry.Padding) -> OperationCase {
        OperationCase("convolution \(images) by \(kernel) stride \(stride) \(name(padding))", of: { $0[0].convolved(with: $0[1], stride: stride, padding: padding) })
    }

    private static func transposed(
        _ images: String, _ kernel: String, _ stride: Int, _ padding: ConvolutionGeometry.Padding, _ height: Int, _ width: Int
    ) -> OperationCase {
        OperationCase("transposed convolution \(images) by \(kernel) stride \(stride) \(name(padding)) to \(height)x\(width)", of: {
            $0[0].transposedConvolved(with: $0[1], stride: stride, padding: padding, outputHeight: height, outputWidth: width)
        })
    }

    static func name(_ padding: ConvolutionGeometry.Padding) -> String {
        switch padding {
        case .same: "same"
        case .valid: "valid"
        case .explicit(let pixels): "\(pixels)"
        case .symmetric(let vertical, let horizontal): "\(vertical)x\(horizontal)"
        }
    }

    private static let products: [OperationCase] = [
        OperationCase("matmul", of: { Tensor.matmul($0[0], $0[1]) }),
        OperationCase("matmul A'", of: { Tensor.matmul($0[0], $0[1], transposeA: true) }),
        OperationCase("matmul B'", of: { Tensor.matmul($0[0], $0[1], transposeB: true) }),
        OperationCase("matmul A' B'", of: { Tensor.matmul($0[0], $0[1], transposeA: true, transposeB: true) }),
    ] + convolutions + transposedConvolutions

    static let convolutions: [OperationCase] = [
        convolution("2x5x6x2", "3x4x4x2", 2, .same),
        convolution("1x4x5x1", "2x3x2x1", 1, .valid),
        convolution("1x7x7x1", "2x2x2x1", 3, .valid),
        convolution("2x6x5x3", "4x3x3x3", 2, .explicit(1)),
        convolution("1x5x5x2", "2x5x5x2", 1, .explicit(2)),
        convolution("1x4x4x18", "5x4x4x18", 1, .same),
        convolution("3x8x8x1", "4x4x4x1", 2, .explicit(1)),
    ]

    static let transposedConvolutions: [OperationCase] = [
        transposed("2x3x3x2", "2x4x4x3", 2, .same, 6, 5),
        transposed("1x3x2x3", "3x3x3x2", 2, .valid, 8, 6),
        transposed("1x4x4x2", "2x4x4x2", 2, .explicit(1), 8, 8),
        transposed("1x3x3x20", "20x4x4x2", 1, .same, 3, 3),
        transposed("1x2x2x1", "1x2x2x1", 3, .valid, 6, 5),
    ]

    private static func standardized(_ shape: String, _ epsilon: Float, _ groups: Int) -> [OperationCase] {
        [
            OperationCase("standardize \(shape) in \(groups)") {
                let (normalized, mean, variance) = $0[0].standardized(epsilon: epsilon, groups: groups)
                return [normalized, mean, variance]
            },
            OperationCase("standardize \(shape) in \(groups), gradient", of: { $0[0].standardized(epsilon: epsilon, groups: groups).normalized }),
        ]
    }

    private static let normalizations: [OperationCase] =
        standardized("6x5", 0x1p-7, 1) + standardized("8x3x3x4", 0x1p-10, 2) + standardized("4x2x2x3", 0x1p-7, 4) + [
            OperationCase("batch normalisation, inference", of: { ($0[0] - $0[1]) * ($0[2] + 0x1p-10).reciprocalSquareRoot() * $0[3] + $0[4] })
        ]

    private static let training: [OperationCase] = [
        OperationCase("moving average", of: { $0[0].movingAverage(towards: $0[1], decay: 0.99) }),
        OperationCase("clip to norm 1.5") { clipped($0, toGlobalNorm: 1.5) },
        OperationCase("clip to norm 1000") { clipped($0, toGlobalNorm: 1000) },
    ]
}
