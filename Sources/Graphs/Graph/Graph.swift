/// A computation under construction (define, then run). Nodes are append-only, operands precede their users, and equal nodes are created once
/// (common subexpression elimination). A model builds a graph, derives gradients from it, and compiles it to a `Plan`.
public final class Graph {
    typealias Node = NodeTable.Node

    /// The nodes as a value. Planning works on a copy, so the graph stays unchanged.
    private(set) var table = NodeTable()
    var nodes: [Node] { table.nodes }
    var tables: [[Float]] { table.tables }
    var gradientOverrides: [(inputs: [Int], rule: (Tensor) -> [Tensor?])] = []
    /// The checkpointed segments, and how many recomputations gradients have built.
    var segments: [Segment] = []
    var recomputations = 0
    /// Rectified nodes with a custom gradient rule, keyed by the node without one.
    var rectified: [Int: Int] = [:]
    private(set) var parameterNames: [String: Int] = [:]
    private var inputNames: [String: Int] = [:]

    /// Creates an empty graph.
    public init() {}

    // MARK: Sources

    /// A tensor that the caller fills before each replay. Repeated calls with one name return the same tensor.
    /// - Precondition: every call with the same name has the same shape.
    public func input(_ name: String, _ shape: Shape) -> Tensor { source(.input(name), "input \(name)", shape, known: &inputNames[name]) }

    /// A persistent tensor, stored in a `TensorStore` under this name. Repeated calls with one name return the same tensor.
    /// - Precondition: every call with the same name has the same shape.
    public func parameter(_ name: String, _ shape: Shape) -> Tensor {
        source(.parameter(name), "parameter \(name)", shape, known: &parameterNames[name])
    }

    private func source(_ operation: Operation, _ what: String, _ shape: Shape, known: inout Int?) -> Tensor {
        if let known { precondition(nodes[known].shape == shape, "\(what) has shape \(nodes[known].shape), asked for as \(shape)") }
        let tensor = add(operation, [], shape)
        known = tensor.id
        return tensor
    }

    /// A scalar constant.
    public func constant(_ value: Float) -> Tensor { add(.constant(value), [], .scalar) }

    /// A constant broadcast to `shape`.
    public func constant(_ value: Float, _ shape: Shape) -> Tensor { constant(value).broadcast(to: shape) }

    /// A tensor of fixed values in row-major order.
    /// - Precondition: `values.count == shape.count`.
    public func constant(_ values: [Float], _ shape: Shape) -> Tensor {
        precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
        return add(.table(table.index(of: values)), [], shape)
    }

    /// Random numbers, a function of the run's seed, the source's stream, the step, and the element index only.
    public func random(_ source: RandomSource, _ shape: Shape) -> Tensor { add(.random(source), [], shape) }

    // MARK: Building

    func add(_ operation: Operation, _ operands: [Int], _ shape: Shape, view: (base: Int, View)? = nil) -> Tensor {
        Tensor(graph: self, id: table.add(operation, operands, shape, view: view))
    }

    func addView(_ operation: Operation, of operand: Int, _ shape: Shape, _ transform: (View) -> View) -> Tensor {
        let node = nodes[operand]
        return add(operation, [operand], shape, view: (node.base, transform(node.view)))
    }

    /// The same values, contiguous in memory as matrix products require.
    func contiguous(_ tensor: Tensor) -> Tensor {
        nodes[tensor.id].view.isDense ? tensor : add(.elementwise(.copy), [tensor.id], tensor.shape)
    }
}
