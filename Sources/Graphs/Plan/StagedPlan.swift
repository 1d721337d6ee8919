/// A computation in two plans: what does not depend on some inputs is computed once, by `preparation`, for any number of replays of `completion` with other values of these inputs.
///
/// The operations of a value, and so its bits, are those of a single plan.
public struct StagedPlan: Sendable {
    /// Computes the values that the other plan reads, under the names of its outputs.
    public let preparation: Plan
    /// Computes the outputs from these values and from the inputs that vary.
    public let completion: Plan

    /// Divides a computation.
    /// - Parameter varying: names of the inputs that vary
    /// - Errors: those of `Plan`
    public init(_ graph: Graph, outputs: [(String, Tensor)], varying: Set<String>) throws(PlanError) {
        let fixed = Self.border(graph.nodes, outputs.map(\.1.id), varying)
        let names = Dictionary(uniqueKeysWithValues: fixed.enumerated().map { ($1, "prepared/\($0)") })
        var prepared: [(String, Tensor)] = []
        for id in fixed { prepared.append((names[id]!, Tensor(graph: graph, id: id))) }
        preparation = try Plan(graph, outputs: prepared)
        completion = try Plan(graph.table.replacing(names), outputs: outputs)
    }

    /// The nodes that are computed, do not vary, and are read by nodes that vary, in order of construction. Parameters and inputs are read where they are.
    private static func border(_ nodes: [Graph.Node], _ outputs: [Int], _ varying: Set<String>) -> [Int] {
        var varies = [Bool](repeating: false, count: nodes.count), live = varies, isBorder = varies
        for (id, node) in nodes.enumerated() {
            switch node.operation {
            case .input(let name): varies[id] = varying.contains(name)
            case .random: varies[id] = true
            default: varies[id] = node.operands.contains { varies[$0] }
            }
        }
        func read(_ id: Int) {
            let base = nodes[id].base
            if varies[base] { live[base] = true } else if !nodes[base].operation.isSource { isBorder[base] = true }
        }
        outputs.forEach(read)
        for id in nodes.indices.reversed() where live[id] { nodes[id].operands.forEach(read) }
        return nodes.indices.filter { isBorder[$0] }
    }
}

extension Operation {
    /// Whether the values are given rather than computed.
    fileprivate var isSource: Bool {
        switch self {
        case .input, .parameter, .constant, .table: true
        default: false
        }
    }
}
