import Numerics
import Testing

@testable import Graphs

/// One operation with its parameters, over inputs of some shapes, as a test case for every device. The table is operations x shapes x parameters.
struct DeviceCase: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [Shape]
    /// Values of inputs that are not arbitrary numbers: indices.
    var given: [Int: [Float]] = [:]
    /// Whether infinities and NaN are excluded, because they would dominate every result of a long sum.
    var isFinite = false
    /// The allowed distance from the definition in ulp; 0 means bit-identical.
    var ulps = 0
    let build: @Sendable ([Tensor]) -> [Tensor]
    var testDescription: String { name }

    init(_ name: String, _ shapes: [Shape], given: [Int: [Float]] = [:], isFinite: Bool = false, ulps: Int = 0, _ build: @escaping @Sendable ([Tensor]) -> [Tensor]) {
        (self.name, self.shapes, self.given, self.isFinite, self.ulps, self.build) = (name, shapes, given, isFinite, ulps, build)
    }

    static let all = functions + broadcasts + reductions + views + products + convolutions + rows + matrices + randoms + fused

    // MARK: Elementwise

    /// Whole vectors and tiles, and remainders.
    private static let counts = [1, 5, 16, 37, 512, 1300]

    private static let functions = ElementwiseFunction.allCases.flatMap { function in
        counts.map { count in
            DeviceCase("\(function.rawValue) of \(count)", [Shape](repeating: [count], count: function.arity), ulps: Definition.approximate.contains(function) ? 2 : 0) {
                [$0[0].graph.add(.elementwise(function), $0.map(\.id), $0[0].shape)]
            }
        }
    }

    private static let broadcasts = ([[[40, 3], [3]], [[40, 3], [40, 1]], [[2, 1, 300], [7, 1]], [[1], [5, 129]], [[3, 600], [3, 1]]] as [[Shape]]).flatMap { shapes in
        ([.add, .subtract, .multiply, .divide, .minimum, .maximum] as [ElementwiseFunction]).map { function in
            DeviceCase("\(function.rawValue) of \(shapes[0]) and \(shapes[1])", shapes) { [Tensor.apply(function, $0)] }
        }
    }

    // MARK: Reductions and views

    private static let reductions = ([[1, 1, 1], [1, 17, 1], [3, 15, 2], [1, 1024, 1], [2, 1025, 3], [1, 2600, 5], [4, 9, 130], [1, 40, 700]] as [Shape]).flatMap { shape in
        ([.sum, .maximum] as [Reduction]).map { kind in
            DeviceCase("\(kind.rawValue) of \(shape)", [shape]) { [$0[0].graph.add(.reduce(kind), [$0[0].id], [shape[0], shape[2]])] }
        }
    }

    private static let views = [
        DeviceCase("reshape", [[4, 6]]) { [$0[0].reshaped([3, 8])] },
        DeviceCase("broadcast", [[3, 1]]) { [$0[0].broadcast(to: [2, 3, 50])] },
        DeviceCase("permute [2,0,1]", [[5, 7, 33]]) { [$0[0].permuted([2, 0, 1])] },
        DeviceCase("permute [1,0]", [[130, 40]]) { [$0[0].permuted([1, 0])] },
        DeviceCase("slice", [[9, 40]]) { [$0[0].slice(starts: [2, 3], extents: [5, 20])] },
        DeviceCase("slice with steps", [[9, 40]]) { [$0[0].slice(starts: [1, 0], extents: [4, 8], steps: [2, 5])] },
        DeviceCase("stop gradient", [[9]]) { [$0[0].stopGradient()] },
        DeviceCase("pad", [[6, 5, 3]]) { [$0[0].padded(before: [1, 0, 2], after: [0, 3, 1])] },
        DeviceCase("concatenate along 0", [[3, 40], [1, 40], [5, 40]]) { [Tensor.concatenate($0, axis: 0)] },
        DeviceCase("concatenate along 1", [[3, 4], [3, 1], [3, 17]]) { [Tensor.concatenate($0, axis: 1)] },
    ]

    // MARK: Functions of matrices

    /// Defined by another elimination in double precision, so results may differ by the last rounding.
    private static let matrices = [1, 2, 5, 16, 33].flatMap { size in
        MatrixFunction.allCases.map { function in
            DeviceCase("\(function.rawValue) of \(size)x\(size)", [[size, size]], given: [0: MatrixFunctionTests.matrix(size)], ulps: 1) {
                [function == .inverse ? $0[0].matrixInverse() : $0[0].logAbsoluteDeterminant()]
            }
        }
    }

    // MARK: Products

    private static let products = ([(1, 1, 1), (5, 16, 257), (33, 1, 7), (13, 33, 30), (37, 29, 300), (3, 90, 12), (2, 2, 600)] as [(Int, Int, Int)]).flatMap { m, n, k in
        [(false, false), (true, false), (false, true), (true, true)].map { a, b in
            DeviceCase("product \(m)x\(n)x\(k)\(a ? " A'" : "")\(b ? " B'" : "")", [a ? [k, m] : [m, k], b ? [n, k] : [k, n]], isFinite: true) {
                [Tensor.matmul($0[0], $0[1], transposeA: a, transposeB: b)]
            }
        }
    }

    private struct Convolution {
        var images = 2, height: Int, width: Int, channels: Int, kernel: Int, out: Int, stride: Int, padding: ConvolutionGeometry.Padding
    }

    /// Few channels and many, which are computed in parts without their padding; strides that do not divide the extents.
    private static let convolutions = [
        Convolution(height: 7, width: 6, channels: 1, kernel: 4, out: 5, stride: 2, padding: .same),
        Convolution(height: 5, width: 5, channels: 3, kernel: 3, out: 7, stride: 1, padding: .explicit(1)),
        Convolution(height: 9, width: 8, channels: 2, kernel: 2, out: 3, stride: 3, padding: .valid),
        Convolution(height: 8, width: 8, channels: 20, kernel: 4, out: 18, stride: 2, padding: .same),
        Convolution(images: 1, height: 4, width: 4, channels: 70, kernel: 3, out: 17, stride: 1, padding: .same),
    ].flatMap { c in
        let g = ConvolutionGeometry(
            inputHeight: c.height, inputWidth: c.width, kernelHeight: c.kernel, kernelWidth: c.kernel, stride: c.stride, padding: c.padding)
        let x: Shape = [c.images, c.height, c.width, c.channels], w: Shape = [c.out, c.kernel, c.kernel, c.channels]
        let y: Shape = [c.images, g.outputHeight, g.outputWidth, c.out], name = "\(x) by \(w) stride \(c.stride) \(c.padding)"
        return [
            DeviceCase("convolution \(name)", [x, w], isFinite: true) { [Tensor.convolution($0[0], $0[1], g)] },
            DeviceCase("convolution input gradient \(name)", [y, w], isFinite: true) { [Tensor.convolutionInputGradient($0[0], $0[1], g)] },
            DeviceCase("convolution weight gradient \(name)", [x, y], isFinite: true) { [Tensor.convolutionWeightGradient($0[0], $0[1], g)] },
        ]
    }

    // MARK: Rows and random numbers

    private static let rows = [(4, 1), (5, 33), (300, 300)].flatMap { rows, width in
        let indices = (0..<rows + 3).map { Float($0 * 7 % rows) } + [Float(rows), -1, 0.5, .nan]
        return [
            DeviceCase("gather \(width) wide rows of \(rows)", [[rows, width], [indices.count]], given: [1: indices]) { [$0[0].gatherRows($0[1])] },
            DeviceCase("scatter \(width) wide rows into \(rows)", [[indices.count, width], [indices.count]], given: [1: indices]) {
                [$0[0].graph.add(.scatterRows(count: rows), [$0[0].id, $0[1].id], [rows, width])]
            },
        ]
    }

    private static let randoms = ([.uniform(low: -1, high: 2), .normal(mean: 0, deviation: 1), .truncatedNormal(mean: 1, deviation: 0.5)] as [RandomStream.Distribution]).flatMap { distribution in
        [1, 37, 40_000].map { count in
            DeviceCase("random \(distribution) x \(count)", [[1]]) { [$0[0].graph.random(RandomSource(stream: "noise", distribution: distribution), [count])] }
        }
    }

    // MARK: Combinations with their own lowered steps

    private static let fused = [
        DeviceCase("leaky rectifier of itself", [[1300]]) { [$0[0].leakyReLU(slope: 0.2)] },
        DeviceCase("leaky rectifier by another", [[1300], [1300]]) { [Tensor.select(Tensor.greater($0[0], $0[0].graph.constant(0)), $0[1], $0[1] * 0.2)] },
        DeviceCase("rectifier", [[1300]]) { [$0[0].relu()] },
        DeviceCase("what is the same for every element", [[700], .scalar, .scalar]) { [$0[0] * ($0[1] * $0[2]) + $0[1] / $0[2]] },
        DeviceCase("exchanged operands", [[700], [700]]) { x in
            let sum = x[0] + x[1]
            return [x[0] - sum.squared(), x[1] / sum.absoluteValue()]
        },
        DeviceCase("a sum of a chain", [[40, 33]]) { [(($0[0] * 0.5 + 0.25).squared() - $0[0]).sum(axes: [0])] },
        DeviceCase("batch normalisation", [[40, 7]]) { [$0[0].standardized(epsilon: 0x1p-10, groups: 2).normalized] },
    ] + [(0.5, nil), (0, nil), (0.9, 0.25)].flatMap { (beta1: Float, clip: Float?) in
        [2, 37, 1300].map { count in
            DeviceCase("adam of \(count), beta1 \(beta1), clipped to \(clip ?? .infinity)", [[count], [count], [count], [count], .scalar]) { x in
                // The parameter, its gradient, the moments and the rate.
                let newM = x[2] * beta1 + x[1] * (1 - beta1), newV = x[3] * 0.999 + x[1].squared() * 0.001
                let value = x[0] - x[4] * newM / (newV.squareRoot() + 0x1p-10)
                return [clip.map { value.clamped(low: -$0, high: $0) } ?? value, newM, newV]
            }
        }
    }
}
