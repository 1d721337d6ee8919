internal import Canonical

/// A graph made ready to be replayed: what is not needed is gone, elementwise chains are fused, memory is laid out once. A value;
/// it holds no numbers but constants. `Session` binds it to memory and runs it.
public struct Plan: Sendable {
    package enum Storage: Sendable, Equatable {
        case arena(offset: Int)
        case parameter(String)
        case input(String)
        case output(String)
        case constants(offset: Int)
    }
    package struct Buffer: Sendable {
        package var count: Int
        package var storage: Storage
    }

    package internal(set) var kernels: [Kernel] = []
    package internal(set) var buffers: [Buffer] = []
    package internal(set) var constants: [Float] = []
    /// Elements of scratch memory a session needs.
    package internal(set) var arenaCount = 0
    public internal(set) var parameters: [(name: String, shape: Shape)] = []
    public internal(set) var inputs: [(name: String, shape: Shape)] = []
    /// Inputs that the graph declares and this plan does not need: they may be set, to no effect, so that the plans of one model can be fed alike.
    public internal(set) var unusedInputs: [(name: String, shape: Shape)] = []
    public internal(set) var outputs: [(name: String, shape: Shape)] = []
    package internal(set) var outputBuffers: [Int] = []
    /// The parameters that a replay changes.
    public internal(set) var updated: [String] = []

    /// Plans the computation of some outputs and the update of some parameters, both after one pass over the graph.
    /// Every reader of a parameter in the graph sees its value from before the replay; the updated value is a tensor of its own.
    /// - Errors: `PlanError` where an update does not name a parameter, has another shape, or comes twice.
    public init(_ graph: Graph, outputs: [(String, Tensor)], updates: [(parameter: Tensor, value: Tensor)] = []) throws(PlanError) {
        var itemLimit = 48
        while true {
            var planner = try Planner(graph, outputs: outputs, updates: updates, itemLimit: itemLimit)
            if planner.build() {
                self = planner.plan
                return
            }
            itemLimit /= 2
            precondition(itemLimit > 0, "an elementwise operation needs more tile registers than there are")
        }
    }

    /// Floating-point operations of the matrix products in one replay (a multiplication and an addition count as two).
    public var productOperations: Double {
        kernels.reduce(0) { total, kernel in
            if case .product(let product) = kernel { total + product.operations } else { total }
        }
    }

    /// Bytes of scratch memory.
    public var scratchBytes: Int { arenaCount * 4 }

    /// Bytes of inputs, outputs and constants, which a session holds beside its scratch memory and its parameters.
    public var portBytes: Int {
        (inputs + outputs).reduce(constants.count) { $0 + $1.shape.count } * 4
    }

    /// SHA-256 of the readable form: two plans with one digest do the same work in the same order.
    public var digest: String { Digest.sha256(Array(description.utf8)).hex }
}
