extension Planner {
    /// Moves parameter updates up to the point where their operands are computed and the old value has been read for the last time. Gradients then
    /// occupy memory briefly and are often still cached. The order of arithmetic within a value does not change.
    mutating func hastenUpdates() {
        let reads = slots.indices.map(basesRead)
        var readers: [Int: [Int]] = [:]
        for (slot, bases) in reads.enumerated() {
            for base in bases { readers[base, default: []].append(slot) }
        }
        var overwritten = [[Int]](repeating: [], count: slots.count)
        for update in updates { overwritten[home[update.value]!].append(update.parameter) }
        var keys = slots.indices.map { (follows: $0, isMoved: 0) }
        for slot in slots.indices where !overwritten[slot].isEmpty && writesWholeValues(slot) {
            let old = overwritten[slot].flatMap { readers[$0] ?? [] }.filter { $0 != slot }
            // If the old value is read later, the update has to wait anyway.
            guard old.allSatisfy({ $0 < slot }) else { continue }
            let last = (old + reads[slot].compactMap { home[$0] }).max() ?? -1
            if last < slot - 1 { keys[slot] = (last, 1) }
        }
        reorder(slots.indices.sorted { (keys[$0].follows, keys[$0].isMoved, $0) < (keys[$1].follows, keys[$1].isMoved, $1) })
    }

    private mutating func reorder(_ order: [Int]) {
        var place = [Int](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { place[old] = new }
        slots = order.map { slots[$0] }
        home = home.mapValues { place[$0] }
        copies = Dictionary(uniqueKeysWithValues: copies.map { (place[$0.key], $0.value) })
    }

    /// Whether a slot is a fused kernel that stores no part of a larger value.
    private func writesWholeValues(_ slot: Int) -> Bool {
        guard case .elementwise(let builder) = slots[slot] else { return false }
        return builder.items.allSatisfy { item in
            switch item {
            case .node, .fold: true
            case .store, .clear: false
            }
        }
    }

    /// The base nodes that a slot reads from memory.
    func basesRead(_ slot: Int) -> Set<Int> {
        switch slots[slot] {
        case .single(let id): Set(nodes[id].operands.map { nodes[$0].base })
        case .elementwise(let builder):
            Set(builder.items.flatMap { operands(of: $0) }.filter { !inRegister($0, slot: slot, count: builder.count) }.map { nodes[$0].base })
        }
    }
}
