/// The nodes of a graph as a value. Nodes are only ever appended, operands come before their users, and equal nodes are made once.
struct NodeTable {
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
    /// The values of constant tensors, which `Operation.table` names by number.
    private(set) var tables: [[Float]] = []
    private var known: [Key: Int] = [:]

    /// - Returns: the number of the node, which is that of an earlier one where the two are equal.
    mutating func add(_ operation: Operation, _ operands: [Int], _ shape: Shape, view: (base: Int, View)? = nil) -> Int {
        let key = Key(operation, operands, shape)
        if let id = known[key] { return id }
        let id = nodes.count
        nodes.append(
            Node(operation: operation, operands: operands, shape: shape, base: view?.base ?? id, view: view?.1 ?? View(contiguous: shape)))
        known[key] = id
        return id
    }

    mutating func index(of values: [Float]) -> Int {
        if let index = tables.firstIndex(where: { $0.map(\.bitPattern) == values.map(\.bitPattern) }) { return index }
        tables.append(values)
        return tables.count - 1
    }
}
