extension Graph {
    /// Gradients of a scalar with respect to some tensors, appended as nodes of this graph; higher-order gradients therefore need no special support.
    /// Only nodes on a path between the scalar and the tensors are visited.
    /// - Precondition: `scalar` has one element.
    /// - Returns: one tensor per element of `tensors`, of its shape; zeros if the scalar does not depend on it.
    public func gradients(of scalar: Tensor, for tensors: [Tensor]) -> [Tensor] {
        precondition(scalar.count == 1, "the gradient of a tensor of shape \(scalar.shape) was asked for; a scalar is needed")
        let seed = constant(1, scalar.shape)
        return gradients(of: [(scalar, seed)], for: tensors)
    }

    /// Vector-Jacobian product: gradients of several outputs, each paired with its incoming gradient of the same shape.
    /// - Returns: one tensor per element of `tensors`, of its shape; zeros if no output depends on it.
    public func gradients(of outputs: [(Tensor, Tensor)], for tensors: [Tensor]) -> [Tensor] {
        let last = outputs.map(\.0.id).max() ?? -1
        var pass = BackwardPass(self, for: tensors.map(\.id), upTo: last)
        for (output, gradient) in outputs {
            precondition(output.shape == gradient.shape, "gradient of shape \(gradient.shape) for a tensor of shape \(output.shape)")
            pass.add(gradient, to: output.id)
        }
        pass.descend(from: last, through: 0)
        return tensors.map { pass.found[$0.id] ?? constant(0, $0.shape) }
    }

    fileprivate func gradientInputs(of id: Int) -> [Int] {
        switch nodes[id].operation {
        case .stopGradient: []
        case .overrideGradient(let rule): gradientOverrides[rule].inputs
        default: nodes[id].operands
        }
    }
}

/// Walks from outputs to their sources and collects the gradients that arrive at each node.
private struct BackwardPass {
    let graph: Graph
    private let wanted: Set<Int>
    /// For each node, whether it depends on one of the wanted tensors.
    private var relevant: [Bool] = []
    private var arriving: [Int: Tensor] = [:]
    /// The gradients of the wanted tensors.
    private(set) var found: [Int: Tensor] = [:]

    init(_ graph: Graph, for tensors: [Int], upTo last: Int) {
        (self.graph, wanted) = (graph, Set(tensors))
        extendReach(to: last + 1)
    }

    private mutating func extendReach(to count: Int) {
        for id in relevant.count..<Swift.max(count, relevant.count) {
            relevant.append(wanted.contains(id) || graph.gradientInputs(of: id).contains { relevant[$0] })
        }
    }

    /// What arrives at a stand-in goes to the input that it stands for, so that the sum has one order with and without checkpointing.
    mutating func add(_ gradient: Tensor, to id: Int) {
        if case .recalled = graph.nodes[id].operation { return add(gradient, to: graph.nodes[id].operands[0]) }
        arriving[id] = arriving[id].map { $0 + gradient } ?? gradient
    }

    /// Visits the nodes from `last` down to `first`.
    mutating func descend(from last: Int, through first: Int) {
        for id in stride(from: last, through: first, by: -1) {
            if case .checkpoint(let segment, _) = graph.nodes[id].operation {
                if wanted.contains(id), let gradient = arriving[id] { found[id] = gradient }
                // The first output is visited last: then everything that arrives at the others is known.
                if id == graph.segments[segment].outputs[0] { recompute(graph.segments[segment]) }
                continue
            }
            guard relevant[id], let gradient = arriving.removeValue(forKey: id) else { continue }
            if wanted.contains(id) { found[id] = gradient }
            for (operand, contribution) in graph.operandGradients(of: id, gradient, relevant) where relevant[operand] {
                precondition(
                    contribution.shape == graph.nodes[operand].shape,
                    "gradient rule of \(graph.nodes[id].operation): shape \(contribution.shape) for an operand of shape \(graph.nodes[operand].shape)")
                add(contribution, to: operand)
            }
        }
    }

    /// Builds a segment again and visits its new nodes; the others that it reads were built before it and are visited later.
    private mutating func recompute(_ segment: Segment) {
        let gradients = segment.outputs.map { arriving.removeValue(forKey: $0) }
        guard gradients.contains(where: { $0 != nil }) else { return }
        let start = graph.nodes.count, outputs = graph.recomputed(segment), end = graph.nodes.count
        precondition(outputs.map(\.shape) == segment.outputs.map { graph.nodes[$0].shape }, "a checkpointed segment was built differently the second time")
        extendReach(to: end)
        for (output, gradient) in zip(outputs, gradients) {
            if let gradient { add(gradient, to: output.id) }
        }
        descend(from: end - 1, through: start)
    }
}
