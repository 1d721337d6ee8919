/// A fused elementwise kernel under construction by the planner.
struct ElementwiseBuilder {
    enum Item {
        /// An elementwise node of the graph.
        case node(Int)
        /// A reduction node. Its operand is a value of this kernel or a source.
        case fold(Int)
        /// The value of a node, stored into part of another node's memory (concatenation and padding).
        case store(value: Int, into: Int, View)
        /// Zeros for all memory of a node (padding).
        case clear(Int)
    }

    var count: Int
    var items: [Item] = []
    var geometry: (outer: Int, rows: Int, inner: Int)?
    /// Base nodes read from memory, used to find kernels that share sources.
    var bases: Set<Int> = []
}
