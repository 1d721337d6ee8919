/// A computation under construction: define, then run. Nodes are only ever appended, operands come before their users, and equal
/// nodes are made once. Models build a graph, ask it for gradients, and hand it to `Plan`.
public final class Graph {
    struct Node {
        var operation: Operation
        var operands: [Int]
        var shape: Shape
        /// The node whose memory this one reads, and how; a node with memory of its own reads itself contiguously.
        var base: Int
        var view: View
    }

    private struct Key: Hashable {
        var operation: Operation
        var operands: [Int]
        var shape: Shape
        /// Of a constant: 0 and -0 are equal as numbers.
        var bits: UInt32 = 0

        init(_ operation: Operation, _ operands: [Int], _ shape: Shape) {
            (self.operation, self.operands, self.shape) = (operation, operands, shape)
            if case .constant(let value) = operation { bits = value.bitPattern }
        }
    }

    private(set) var nodes: [Node] = []
    private var known: [Key: Int] = [:]
    private(set) var tables: [[Float]] = []
    var gradientOverrides: [(inputs: [Int], rule: (Tensor) -> [Tensor?])] = []
    /// The nodes of rectified values that have a gradient rule of their own, by those that have not.
    var rectified: [Int: Int] = [:]
    private(set) var parameterNames: [String: Int] = [:]

    public init() {}

    // MARK: Sources

    /// A tensor that the caller fills before each replay.
    public func input(_ name: String, _ shape: Shape) -> Tensor { add(.input(name), [], shape) }

    /// A persistent tensor that lives in a `TensorStore` under this name. Asking twice gives the same tensor.
    public func parameter(_ name: String, _ shape: Shape) -> Tensor {
        if let known = parameterNames[name] {
            precondition(nodes[known].shape == shape, "parameter \(name) has shape \(nodes[known].shape), asked for as \(shape)")
            return Tensor(graph: self, id: known)
        }
        let tensor = add(.parameter(name), [], shape)
        parameterNames[name] = tensor.id
        return tensor
    }

    public func constant(_ value: Float) -> Tensor { add(.constant(value), [], .scalar) }

    public func constant(_ value: Float, _ shape: Shape) -> Tensor { constant(value).broadcast(to: shape) }

    /// A tensor of fixed values, in row-major order.
    public func constant(_ values: [Float], _ shape: Shape) -> Tensor {
        precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
        let index = tables.firstIndex { $0.map(\.bitPattern) == values.map(\.bitPattern) } ?? tables.count
        if index == tables.count { tables.append(values) }
        return add(.table(index), [], shape)
    }

    /// Random numbers that depend on the run's seed, the source's stream, the step and the index alone.
    public func random(_ source: RandomSource, _ shape: Shape) -> Tensor { add(.random(source), [], shape) }

    // MARK: Building

    func add(_ operation: Operation, _ operands: [Int], _ shape: Shape, view: (base: Int, View)? = nil) -> Tensor {
        let key = Key(operation, operands, shape)
        if let id = known[key] { return Tensor(graph: self, id: id) }
        let id = nodes.count
        nodes.append(
            Node(
                operation: operation, operands: operands, shape: shape, base: view?.base ?? id,
                view: view?.1 ?? View(contiguous: shape)))
        known[key] = id
        return Tensor(graph: self, id: id)
    }

    func addView(_ operation: Operation, of operand: Int, _ shape: Shape, _ transform: (View) -> View) -> Tensor {
        let node = nodes[operand]
        return add(operation, [operand], shape, view: (node.base, transform(node.view)))
    }

    /// The same values one after the other in memory, as products want them.
    func contiguous(_ tensor: Tensor) -> Tensor {
        nodes[tensor.id].view.isDense ? tensor : add(.elementwise(.copy), [tensor.id], tensor.shape)
    }
}
