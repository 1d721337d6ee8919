/// A fused elementwise kernel while the planner fills it.
struct ElementwiseBuilder {
    enum Item {
        /// An elementwise node of the graph.
        case node(Int)
        /// A reduction node; its operand is a value of this kernel or a source.
        case fold(Int)
        /// The value of a node stored into part of another node's memory (concatenation and padding).
        case store(value: Int, into: Int, View)
        /// Zeros for all of a node's memory (padding).
        case clear(Int)
    }

    var count: Int
    var items: [Item] = []
    var geometry: (outer: Int, rows: Int, inner: Int)?
    /// Bases read from memory, to find kernels that share their sources.
    var bases: Set<Int> = []
}
