extension Planner {
    /// Rematerialization: kernels recompute cheap values of large tensors (a bias addition, a difference from a mean, a mask) instead of reading them, if then
    /// no kernel reads them from memory. The operations are the same, so results are bit-identical; the store to memory is saved.
    mutating func recomputeCheapValues() {
        var recomputation = Recomputation(self)
        for id in home.keys.sorted() where nodes[id].shape.count >= recomputedFrom { recomputation.consider(id, in: &self) }
        guard !recomputation.again.isEmpty else { return }
        for slot in slots.indices { arrange(slot, recomputation) }
    }

    /// Prepends the recomputed values of a slot and drops those that nothing reads anymore.
    private mutating func arrange(_ slot: Int, _ recomputation: Recomputation) {
        guard case .elementwise(var builder) = slots[slot] else { return }
        var used: Set<Int> = []
        let items = (copies[slot] ?? []).sorted().map { ElementwiseBuilder.Item.node($0) } + builder.items
        let kept = items.reversed().filter { item in
            if case .node(let id) = item, !used.contains(id), recomputation.again.contains(id) { return false }
            used.formUnion(operands(of: item).map { nodes[$0].base })
            return true
        }
        builder.items = kept.reversed()
        slots[slot] = .elementwise(builder)
    }
}

/// Which values are recomputed, and in which slots.
private struct Recomputation {
    /// What recomputing a value takes: the nodes to compute, the value itself last, and the bases that they read.
    struct Recipe {
        var nodes: [Int] = []
        var sources: Set<Int> = []
    }

    private(set) var again: Set<Int> = []
    /// The slots that read each value from memory.
    private var readers: [Int: Set<Int>] = [:]
    private let roots: Set<Int>
    /// For each updated parameter, the slot that overwrites it.
    private let replaced: [Int: Int]

    init(_ planner: Planner) {
        // What a checkpointed segment starts from stays: recomputing it would keep more in its place.
        roots = Set(planner.outputs.map(\.node) + planner.updates.map(\.value) + planner.recomputation.keys.map { planner.nodes[$0].base })
        replaced = Dictionary(uniqueKeysWithValues: planner.updates.map { ($0.parameter, planner.home[$0.value]!) })
        for slot in planner.slots.indices {
            for base in planner.basesRead(slot) { readers[base, default: []].insert(slot) }
        }
    }

    mutating func consider(_ id: Int, in planner: inout Planner) {
        guard !roots.contains(id), let slots = readers[id]?.sorted(), let recipe = recipe(id, planner),
            slots.allSatisfy({ mayCompute(id, recipe, in: $0, planner) }), isWorthIt(id, recipe, in: slots, planner)
        else { return }
        for slot in slots {
            planner.copies[slot, default: []].formUnion(recipe.nodes)
            for base in recipe.sources { readers[base, default: []].insert(slot) }
        }
        readers[id] = nil
        again.insert(id)
    }

    private func recipe(_ id: Int, _ planner: Planner) -> Recipe? {
        let nodes = planner.nodes
        guard case .elementwise(let function) = nodes[id].operation, function.isCheap else { return nil }
        var recipe = Recipe()
        for operand in nodes[id].operands {
            let base = nodes[operand].base
            if again.contains(base) {
                guard planner.isIdentity(operand), nodes[operand].shape.count == nodes[id].shape.count, let own = self.recipe(base, planner) else { return nil }
                recipe.nodes += own.nodes.filter { !recipe.nodes.contains($0) }
                recipe.sources.formUnion(own.sources)
            } else {
                guard isInMemory(base, planner) else { return nil }
                recipe.sources.insert(base)
            }
        }
        recipe.nodes.append(id)
        return recipe
    }

    /// Whether a value is in memory regardless of this decision.
    private func isInMemory(_ base: Int, _ planner: Planner) -> Bool {
        if case .elementwise = planner.nodes[base].operation { return readers[base] != nil || roots.contains(base) }
        return true
    }

    /// Whether a slot can recompute a value: an elementwise kernel over the same domain that reads it by linear index, has capacity left, and runs before any parameter that the value needs changes.
    private func mayCompute(_ id: Int, _ recipe: Recipe, in slot: Int, _ planner: Planner) -> Bool {
        let (count, copies) = (planner.nodes[id].shape.count, planner.copies[slot]?.count ?? 0)
        guard case .elementwise(let builder) = planner.slots[slot], builder.count == count else { return false }
        guard builder.items.count + copies + recipe.nodes.count <= planner.itemLimit / 2 else { return false }
        guard builder.bases.count + copies + recipe.sources.count <= Planner.sourceRegisters else { return false }
        guard recipe.sources.allSatisfy({ replaced[$0].map { slot < $0 } ?? true }) else { return false }
        return builder.items.flatMap { planner.operands(of: $0) }.allSatisfy { operand in
            planner.nodes[operand].base != id || planner.isIdentity(operand) && planner.nodes[operand].shape.count == count
        }
    }

    /// Cost model in passes over the tensor's memory: a store saves one and a half, a computation costs a tenth.
    private func isWorthIt(_ id: Int, _ recipe: Recipe, in slots: [Int], _ planner: Planner) -> Bool {
        let large = recipe.sources.filter { planner.nodes[$0].shape.count * 4 > planner.nodes[id].shape.count }
        let cost = slots.reduce(0.0) { total, slot in
            total + Double(large.count { readers[$0]?.contains(slot) != true }) - 1 + 0.1 * Double(recipe.nodes.count)
        }
        return cost < 1.5
    }
}

extension ElementwiseFunction {
    /// Whether computing it takes less time than storing its result.
    fileprivate var isCheap: Bool {
        switch self {
        case .copy, .add, .subtract, .multiply, .minimum, .maximum, .negate, .absolute, .square, .greater, .greaterOrEqual, .equal, .select: true
        default: false
        }
    }
}
