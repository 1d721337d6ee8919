import Canonical

/// A compiled graph, ready to be replayed: dead nodes are eliminated, elementwise chains are fused, and memory is laid out statically. A value
/// that holds no numbers except constants. `Session` binds it to memory and runs it.
public struct Plan: Sendable {
    /// Where a buffer lives. Offsets are in elements.
    package enum Storage: Sendable, Equatable {
        case arena(offset: Int)
        case parameter(String)
        case input(String)
        case output(String)
        case constants(offset: Int)
    }
    /// A region of memory that kernels refer to by index.
    package struct Buffer: Sendable {
        /// Number of elements.
        package var count: Int
        /// Where it lives.
        package var storage: Storage
    }

    /// The kernels in execution order.
    package internal(set) var kernels: [Kernel] = []
    /// The buffers that kernels refer to.
    package internal(set) var buffers: [Buffer] = []
    /// Values of all constants, each aligned to `BufferLayout.alignment`.
    package internal(set) var constants: [Float] = []
    /// Elements of scratch memory that a session needs.
    package internal(set) var arenaCount = 0
    /// Parameters that the plan reads or updates.
    public internal(set) var parameters: [(name: String, shape: Shape)] = []
    /// Inputs that the plan reads.
    public internal(set) var inputs: [(name: String, shape: Shape)] = []
    /// Inputs that the graph declares and this plan does not read. Setting them is allowed and has no effect, so all plans of a model can be fed alike.
    public internal(set) var unusedInputs: [(name: String, shape: Shape)] = []
    /// Outputs, in the order in which they were requested.
    public internal(set) var outputs: [(name: String, shape: Shape)] = []
    /// The buffer of each output.
    package internal(set) var outputBuffers: [Int] = []
    /// Names of the parameters that a replay updates.
    public internal(set) var updated: [String] = []

    /// Compiles the computation of outputs and parameter updates in one pass over the graph.
    /// Every reader of a parameter sees its value from before the replay; the updated value is a separate tensor.
    /// - Errors: `PlanError` if an update does not name a parameter, has another shape than its parameter, or occurs twice
    public init(_ graph: Graph, outputs: [(String, Tensor)], updates: [(parameter: Tensor, value: Tensor)] = []) throws(PlanError) {
        try self.init(graph.table, outputs: outputs, updates: updates)
    }

    init(_ nodes: NodeTable, outputs: [(String, Tensor)], updates: [(parameter: Tensor, value: Tensor)] = []) throws(PlanError) {
        var itemLimit = 48
        while true {
            var planner = try Planner(nodes, outputs: outputs, updates: updates, itemLimit: itemLimit)
            if planner.build() {
                self = planner.plan
                return
            }
            itemLimit /= 2
            precondition(itemLimit > 0, "an elementwise operation needs more than \(FusedProgram.registers) tile registers")
        }
    }

    /// Floating-point operations of the matrix products and convolutions in one replay (a multiply-add counts as two).
    public var productOperations: Double {
        kernels.reduce(0) { total, kernel in
            if case .product(let product) = kernel { total + product.operations } else { total }
        }
    }

    /// Scratch memory in bytes.
    public var scratchBytes: Int { arenaCount * 4 }

    /// Memory of inputs, outputs, and constants in bytes, which a session holds in addition to scratch memory and parameters.
    public var portBytes: Int {
        (inputs + outputs).reduce(constants.count) { $0 + $1.shape.count } * 4
    }

    /// SHA-256 of the printed plan: two plans with equal digests do the same work in the same order.
    public var digest: String { Digest.sha256(Array(description.utf8)).hex }
}

/// Why a graph cannot be compiled to a plan. Each is a programming error in a model.
public enum PlanError: Error, Equatable, CustomStringConvertible {
    /// The target of an update is this operation, not a parameter.
    case updateOfNonParameter(String)
    /// The new value has another shape than the parameter.
    case updateShape(parameter: String, expected: Shape, actual: Shape)
    /// Two updates of one parameter.
    case updatedTwice(String)

    /// The error in one sentence.
    public var description: String {
        switch self {
        case .updateOfNonParameter(let what): "update of \(what), expected a parameter"
        case .updateShape(let parameter, let expected, let actual): "update of \(parameter): shape \(actual), expected \(expected)"
        case .updatedTwice(let parameter): "parameter \(parameter) is updated twice; give one update per parameter"
        }
    }
}
