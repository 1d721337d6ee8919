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
        let relevant = reach(from: tensors.map(\.id), upTo: last)
        var arriving: [Int: Tensor] = [:]
        for (output, gradient) in outputs {
            precondition(output.shape == gradient.shape, "gradient of shape \(gradient.shape) for a tensor of shape \(output.shape)")
            arriving[output.id] = arriving[output.id].map { $0 + gradient } ?? gradient
        }
        let wanted = Set(tensors.map(\.id))
        var found: [Int: Tensor] = [:]
        for id in stride(from: last, through: 0, by: -1) {
            guard let gradient = arriving.removeValue(forKey: id), relevant[id] else { continue }
            if wanted.contains(id) { found[id] = gradient }
            for (operand, contribution) in operandGradients(of: id, gradient, relevant) where relevant[operand] {
                precondition(
                    contribution.shape == nodes[operand].shape,
                    "gradient rule of \(nodes[id].operation): shape \(contribution.shape) for an operand of shape \(nodes[operand].shape)")
                arriving[operand] = arriving[operand].map { $0 + contribution } ?? contribution
            }
        }
        return tensors.map { found[$0.id] ?? constant(0, $0.shape) }
    }

    /// For each node up to `last`, whether it depends on one of the sources.
    private func reach(from sources: [Int], upTo last: Int) -> [Bool] {
        var reached = [Bool](repeating: false, count: Swift.max(last + 1, 0))
        for source in sources where source <= last { reached[source] = true }
        for id in reached.indices where !reached[id] {
            reached[id] = gradientInputs(of: id).contains { reached[$0] }
        }
        return reached
    }

    private func gradientInputs(of id: Int) -> [Int] {
        switch nodes[id].operation {
        case .stopGradient: []
        case .overrideGradient(let rule): gradientOverrides[rule].inputs
        default: nodes[id].operands
        }
    }
}
