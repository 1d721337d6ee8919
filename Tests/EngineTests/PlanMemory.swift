@testable import Graphs

/// What the kernels of a plan read and write, derived from the kernels rather than from the planner.
struct PlanMemory {
    struct Access {
        var reads: Set<Int> = []
        var writes: Set<Int> = []
    }

    let accesses: [Access]
    private let plan: Plan

    init(_ plan: Plan) {
        self.plan = plan
        accesses = plan.kernels.map { kernel in
            switch kernel {
            case .elementwise(let kernel):
                Access(
                    reads: Set(kernel.sources.map(\.buffer)),
                    writes: Set(kernel.sinks.map(\.buffer) + kernel.folds.map(\.result) + kernel.folds.compactMap(\.partial)))
            case .adam(let kernel):
                Access(
                    reads: Set(kernel.updates.flatMap { $0.read + $0.numbers }.map(\.buffer)), writes: Set(kernel.updates.flatMap(\.written).map(\.buffer)))
            case .product(let product): Access(reads: [product.a.buffer, product.b.buffer], writes: [product.result])
            case .random(_, let buffer, _): Access(writes: [buffer])
            case .gatherRows(let table, let indices, let result, _, _, _): Access(reads: [table.buffer, indices.buffer], writes: [result])
            case .matrix(_, let matrix, let result, _): Access(reads: [matrix.buffer], writes: [result])
            case .scatterRows(let values, let indices, let result, _, _, _): Access(reads: [values.buffer, indices.buffer], writes: [result])
            }
        }
    }

    /// A scratch buffer: its position, and the first and last kernel that use it.
    struct Extent {
        var buffer: Int
        var memory: Range<Int>
        var life: ClosedRange<Int>
    }

    var extents: [Extent] {
        plan.buffers.indices.compactMap { buffer in
            guard case .arena(let offset) = plan.buffers[buffer].storage else { return nil }
            let users = accesses.indices.filter { accesses[$0].reads.contains(buffer) || accesses[$0].writes.contains(buffer) }
            guard let first = users.first, let last = users.last else { return nil }
            return Extent(buffer: buffer, memory: offset..<offset + plan.buffers[buffer].count, life: first...last)
        }
    }

    /// Pairs of scratch buffers that share memory while both are in use; must be empty.
    var collisions: [(Int, Int)] {
        let extents = extents
        var found: [(Int, Int)] = []
        for (index, a) in extents.enumerated() {
            for b in extents[..<index] where a.memory.overlaps(b.memory) && a.life.overlaps(b.life) { found.append((a.buffer, b.buffer)) }
        }
        return found
    }

    /// Scratch that a kernel reads before any kernel wrote it.
    var readsOfNothing: [Int] {
        var written: Set<Int> = []
        var found: [Int] = []
        for access in accesses {
            found += access.reads.filter { buffer in
                guard case .arena = plan.buffers[buffer].storage else { return false }
                return !written.contains(buffer)
            }
            written.formUnion(access.writes)
        }
        return found.sorted()
    }
}
