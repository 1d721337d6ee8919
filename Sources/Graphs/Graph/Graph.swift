/// A computation under construction: define, then run. Nodes are only ever appended, operands come before their users, and equal
/// nodes are made once. Models build a graph, ask it for gradients, and hand it to `Plan`.
public final class Graph {
    typealias Node = NodeTable.Node

    /// The nodes as a value, of which a plan works on a copy: planning leaves the graph as it is.
    private(set) var table = NodeTable()
    var nodes: [Node] { table.nodes }
    var tables: [[Float]] { table.tables }
    var gradientOverrides: [(inputs: [Int], rule: (Tensor) -> [Tensor?])] = []
    /// The nodes of rectified values that have a gradient rule of their own, by those that have not.
    var rectified: [Int: Int] = [:]
    private(set) var parameterNames: [String: Int] = [:]
    private var inputNames: [String: Int] = [:]

    public init() {}

    // MARK: Sources

    /// A tensor that the caller fills before each replay. Asking twice gives the same tensor.
    /// - Precondition: a name has one shape in a graph.
    public func input(_ name: String, _ shape: Shape) -> Tensor { source(.input(name), "input \(name)", shape, known: &inputNames[name]) }

    /// A persistent tensor that lives in a `TensorStore` under this name. Asking twice gives the same tensor.
    /// - Precondition: a name has one shape in a graph.
    public func parameter(_ name: String, _ shape: Shape) -> Tensor {
        source(.parameter(name), "parameter \(name)", shape, known: &parameterNames[name])
    }

    private func source(_ operation: Operation, _ what: String, _ shape: Shape, known: inout Int?) -> Tensor {
        if let known { precondition(nodes[known].shape == shape, "\(what) has shape \(nodes[known].shape), asked for as \(shape)") }
        let tensor = add(operation, [], shape)
        known = tensor.id
        return tensor
    }

    public func constant(_ value: Float) -> Tensor { add(.constant(value), [], .scalar) }

    public func constant(_ value: Float, _ shape: Shape) -> Tensor { constant(value).broadcast(to: shape) }

    /// A tensor of fixed values, in row-major order.
    public func constant(_ values: [Float], _ shape: Shape) -> Tensor {
        precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
        return add(.table(table.index(of: values)), [], shape)
    }

    /// Random numbers that depend on the run's seed, the source's stream, the step and the index alone.
    public func random(_ source: RandomSource, _ shape: Shape) -> Tensor { add(.random(source), [], shape) }

    // MARK: Building

    func add(_ operation: Operation, _ operands: [Int], _ shape: Shape, view: (base: Int, View)? = nil) -> Tensor {
        Tensor(graph: self, id: table.add(operation, operands, shape, view: view))
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
