import Foundation
@testable package import Graphs

/// Evaluates a graph in double precision, node by node, from the definitions of the operations: no fusion, no planning, no kernels.
/// Parameters and inputs are given by name. Random nodes are not supported: their numbers have their own tests.
package struct ReferenceEvaluator {
    package let graph: Graph
    private let named: [String: [Double]]
    private var memory: [Int: [Double]] = [:]

    package init(_ graph: Graph, _ named: [String: [Double]]) { (self.graph, self.named) = (graph, named) }

    package mutating func values(of tensor: Tensor) -> [Double] { values(tensor.id) }

    private mutating func values(_ id: Int) -> [Double] {
        if let known = memory[id] { return known }
        let node = graph.nodes[id]
        let found = node.operation.isView ? Self.read(node.view, values(node.base)) : computed(node)
        precondition(found.count == node.shape.count, "\(node.operation): \(found.count) values for \(node.shape)")
        memory[id] = found
        return found
    }

    private static func read(_ view: View, _ from: [Double]) -> [Double] {
        var places = [view.offset]
        for (extent, stride) in zip(view.extents, view.strides) { places = places.flatMap { place in (0..<extent).map { place + $0 * stride } } }
        return places.map { from[$0] }
    }

    private mutating func computed(_ node: Graph.Node) -> [Double] {
        let x = node.operands.map { values($0) }
        let shapes = node.operands.map { graph.nodes[$0].shape }
        switch node.operation {
        case .input(let name), .parameter(let name): return named[name]!
        case .constant(let value): return [Double(value)]
        case .table(let index): return graph.tables[index].map(Double.init)
        case .elementwise(let function): return node.shape.count == 0 ? [] : (0..<node.shape.count).map { i in Self.apply(function, x.map { $0[i] }) }
        case .reduce(let kind): return Self.reduce(kind, x[0], shapes[0])
        case .pad(let before): return Self.scattered([(x[0], shapes[0], before)], node.shape)
        case .concatenate(let axis):
            var start = 0
            return Self.scattered(
                zip(x, shapes).map { values, shape in
                    defer { start += shape[axis] }
                    return (values, shape, shape.extents.indices.map { $0 == axis ? start : 0 })
                }, node.shape)
        case .product(let a, let b): return Self.product(x[0], shapes[0], a, x[1], shapes[1], b, node.shape)
        case .convolution(let g): return Self.convolution(g, node.shape, [shapes[0], shapes[1], node.shape]) { i, k, _ in x[0][i] * x[1][k] } into: { _, _, o in o }
        case .convolutionInputGradient(let g):
            return Self.convolution(g, node.shape, [node.shape, shapes[1], shapes[0]]) { _, k, o in x[1][k] * x[0][o] } into: { i, _, _ in i }
        case .convolutionWeightGradient(let g):
            return Self.convolution(g, node.shape, [shapes[0], node.shape, shapes[1]]) { i, _, o in x[0][i] * x[1][o] } into: { _, k, _ in k }
        case .gatherRows: return x[1].flatMap { index in (0..<node.shape[1]).map { x[0][Int(index) * node.shape[1] + $0] } }
        case .scatterRows:
            var result = [Double](repeating: 0, count: node.shape.count)
            for (row, index) in x[1].enumerated() {
                for column in 0..<node.shape[1] { result[Int(index) * node.shape[1] + column] += x[0][row * node.shape[1] + column] }
            }
            return result
        case .matrix(let function): return MatrixReference.values(of: function, x[0], size: shapes[0][0])
        default: preconditionFailure("\(node.operation) has no reference")
        }
    }

    private static func reduce(_ kind: Reduction, _ x: [Double], _ shape: Shape) -> [Double] {
        (0..<shape[0] * shape[2]).map { place in
            let column = (0..<shape[1]).map { x[(place / shape[2] * shape[1] + $0) * shape[2] + place % shape[2]] }
            return kind == .sum ? column.reduce(0, +) : column.max() ?? -.infinity
        }
    }

    /// Zeros, with some tensors copied to their positions.
    private static func scattered(_ parts: [(values: [Double], shape: Shape, at: [Int])], _ shape: Shape) -> [Double] {
        var result = [Double](repeating: 0, count: shape.count)
        for part in parts {
            let offset = zip(part.at, shape.contiguousStrides).map { $0 * $1 }.reduce(0, +)
            let places = read(View(offset: offset, extents: part.shape.extents, strides: shape.contiguousStrides), (0..<shape.count).map(Double.init))
            for (place, value) in zip(places, part.values) { result[Int(place)] = value }
        }
        return result
    }

    private static func product(_ a: [Double], _ aShape: Shape, _ transposeA: Bool, _ b: [Double], _ bShape: Shape, _ transposeB: Bool, _ shape: Shape) -> [Double] {
        let depth = aShape[transposeA ? 0 : 1]
        return (0..<shape.count).map { place in
            let (row, column) = (place / shape[1], place % shape[1])
            return (0..<depth).reduce(0) { sum, k in
                sum + a[transposeA ? k * aShape[1] + row : row * aShape[1] + k] * b[transposeB ? column * bShape[1] + k : k * bShape[1] + column]
            }
        }
    }

    /// Iterates over every triple (image pixel, kernel element, result pixel) that meets; `shapes` are those of the three.
    private static func convolution(
        _ g: ConvolutionGeometry, _ shape: Shape, _ shapes: [Shape], _ term: (Int, Int, Int) -> Double, into place: (Int, Int, Int) -> Int
    ) -> [Double] {
        var result = [Double](repeating: 0, count: shape.count)
        let (images, kernel, output) = (shapes[0], shapes[1], shapes[2])
        for at in 0..<output.count {
            let (channel, x, y, n) = (at % output[3], at / output[3] % output[2], at / output[3] / output[2] % output[1], at / output[3] / output[2] / output[1])
            for tap in 0..<kernel[1] * kernel[2] {
                let (row, column) = (y * g.strideY - g.padTop + tap / kernel[2], x * g.strideX - g.padLeft + tap % kernel[2])
                guard (0..<images[1]).contains(row), (0..<images[2]).contains(column) else { continue }
                for c in 0..<images[3] {
                    let i = ((n * images[1] + row) * images[2] + column) * images[3] + c
                    let k = (channel * kernel[1] * kernel[2] + tap) * images[3] + c
                    result[place(i, k, at)] += term(i, k, at)
                }
            }
        }
        return result
    }

    private static func apply(_ function: ElementwiseFunction, _ x: [Double]) -> Double {
        switch function {
        case .copy: x[0]
        case .add: x[0] + x[1]
        case .subtract: x[0] - x[1]
        case .multiply: x[0] * x[1]
        case .divide: x[0] / x[1]
        case .minimum: Swift.min(x[0], x[1])
        case .maximum: Swift.max(x[0], x[1])
        case .negate: -x[0]
        case .absolute: abs(x[0])
        case .square: x[0] * x[0]
        case .squareRoot: x[0].squareRoot()
        case .reciprocalSquareRoot: 1 / x[0].squareRoot()
        case .reciprocal: 1 / x[0]
        case .sign: x[0] > 0 ? 1 : x[0] < 0 ? -1 : 0
        case .exponential: Foundation.exp(x[0])
        case .exponentialMinusOne: Foundation.expm1(x[0])
        case .logarithm: Foundation.log(x[0])
        case .logarithmOnePlus: Foundation.log1p(x[0])
        case .tanh: Foundation.tanh(x[0])
        case .sigmoid: 1 / (1 + Foundation.exp(-x[0]))
        case .softplus: Swift.max(x[0], 0) + Foundation.log1p(Foundation.exp(-abs(x[0])))
        case .sine: Foundation.sin(x[0])
        case .cosine: Foundation.cos(x[0])
        case .greater: x[0] > x[1] ? 1 : 0
        case .greaterOrEqual: x[0] >= x[1] ? 1 : 0
        case .equal: x[0] == x[1] ? 1 : 0
        case .select: x[0] != 0 ? x[1] : x[2]
        case .floor: x[0].rounded(.down)
        case .round: x[0].rounded(.toNearestOrEven)
        }
    }
}
