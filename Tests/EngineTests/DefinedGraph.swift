import Numerics

@testable import Graphs

/// Evaluates a graph node by node from the definitions, in float32: what every device must compute. Parameters and inputs are given by name.
struct DefinedGraph {
    let graph: Graph
    private let named: [String: [Float]]
    private let seed: UInt64
    private var memory: [Int: [Float]] = [:]

    init(_ graph: Graph, _ named: [String: [Float]], seed: UInt64) { (self.graph, self.named, self.seed) = (graph, named, seed) }

    mutating func values(of tensor: Tensor) -> [Float] { values(tensor.id) }

    private mutating func values(_ id: Int) -> [Float] {
        if let known = memory[id] { return known }
        let node = graph.nodes[id]
        let found = node.operation.isView ? Definition.read(node.view, values(node.base)) : computed(node)
        precondition(found.count == node.shape.count, "\(node.operation): \(found.count) values for \(node.shape)")
        memory[id] = found
        return found
    }

    private mutating func computed(_ node: Graph.Node) -> [Float] {
        let x = node.operands.map { values($0) }
        let shapes = node.operands.map { graph.nodes[$0].shape }
        switch node.operation {
        case .input(let name), .parameter(let name): return named[name]!
        case .constant(let value): return [value]
        case .table(let index): return graph.tables[index]
        case .random(let source): return RandomStream(seed: seed, name: source.stream).numbers(source.distribution, step: 0, count: node.shape.count)
        case .elementwise(let function): return (0..<node.shape.count).map { i in Definition.value(function, x.map { $0[i] }) }
        case .reduce(let kind): return Definition.reduced(kind, x[0], shapes[0][0], shapes[0][1], shapes[0][2])
        case .pad(let before): return Self.placed([(x[0], shapes[0], before)], node.shape)
        case .concatenate(let axis):
            var start = 0
            return Self.placed(
                zip(x, shapes).map { values, shape in
                    defer { start += shape[axis] }
                    return (values, shape, shape.extents.indices.map { $0 == axis ? start : 0 })
                }, node.shape)
        case .product(let a, let b):
            return Definition.product(.matrix(m: node.shape[0], n: node.shape[1], k: shapes[0][a ? 0 : 1], transposeA: a, transposeB: b), x[0], x[1])
        case .convolution(let g):
            return Definition.product(.convolution(g, images: node.shape[0], inChannels: shapes[0][3], outChannels: node.shape[3]), x[0], x[1])
        case .convolutionInputGradient(let g):
            return Definition.product(.inputGradient(g, images: node.shape[0], inChannels: node.shape[3], outChannels: shapes[0][3]), x[0], x[1])
        case .convolutionWeightGradient(let g):
            return Definition.product(.weightGradient(g, images: shapes[0][0], inChannels: shapes[0][3], outChannels: shapes[1][3]), x[0], x[1])
        case .gatherRows: return Definition.gathered(x[0], x[1], rows: shapes[0][0], width: shapes[0][1])
        case .scatterRows(let count): return Definition.scattered(x[0], x[1], rows: count, width: shapes[0][1])
        case .matrix(let function): return Definition.matrix(function, x[0], shapes[0][0])
        default: preconditionFailure("\(node.operation) is a view")
        }
    }

    /// Zeros, with some tensors copied to their positions.
    private static func placed(_ parts: [(values: [Float], shape: Shape, at: [Int])], _ shape: Shape) -> [Float] {
        var result = [Float](repeating: 0, count: shape.count)
        for part in parts {
            let offset = zip(part.at, shape.contiguousStrides).map { $0 * $1 }.reduce(0, +)
            let view = View(offset: offset, extents: part.shape.extents, strides: shape.contiguousStrides)
            for (place, value) in zip(Definition.places(view), part.values) { result[place] = value }
        }
        return result
    }
}
