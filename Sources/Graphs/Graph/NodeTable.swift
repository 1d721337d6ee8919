/// The nodes of a graph, as a value. Nodes are append-only, operands precede their users, and equal nodes are created once.
struct NodeTable {
    struct Node {
        var operation: Operation
        var operands: [Int]
        var shape: Shape
        /// The node that owns the memory this node reads, and the view through which it is read. A node that owns memory is its own base, with a contiguous view.
        var base: Int
        var view: View
    }

    private struct Key: Hashable {
        var operation: Operation
        var operands: [Int]
        var shape: Shape
        /// Bit pattern of a constant, because 0 and -0 compare equal as floats.
        var bits: UInt32 = 0

        init(_ operation: Operation, _ operands: [Int], _ shape: Shape) {
            (self.operation, self.operands, self.shape) = (operation, operands, shape)
            if case .constant(let value) = operation { bits = value.bitPattern }
        }
    }

    private(set) var nodes: [Node] = []
    /// Values of constant tensors; `Operation.table` refers to them by index.
    private(set) var tables: [[Float]] = []
    private var known: [Key: Int] = [:]

    /// - Returns: the index of the node; that of the existing node if an equal one exists.
    mutating func add(_ operation: Operation, _ operands: [Int], _ shape: Shape, view: (base: Int, View)? = nil) -> Int {
        let key = Key(operation, operands, shape)
        if let id = known[key] { return id }
        let id = nodes.count
        nodes.append(
            Node(operation: operation, operands: operands, shape: shape, base: view?.base ?? id, view: view?.1 ?? View(contiguous: shape)))
        known[key] = id
        return id
    }

    /// A copy in which some nodes are inputs of these names.
    /// - Parameter names: by node; each node owns its memory
    func replacing(_ names: [Int: String]) -> NodeTable {
        var copy = self
        for (id, name) in names {
            copy.nodes[id].operation = .input(name)
            copy.nodes[id].operands = []
        }
        return copy
    }

    mutating func index(of values: [Float]) -> Int {
        if let index = tables.firstIndex(where: { $0.map(\.bitPattern) == values.map(\.bitPattern) }) { return index }
        tables.append(values)
        return tables.count - 1
    }
}
