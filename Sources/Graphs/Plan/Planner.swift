/// Compiles a graph to a plan: takes live nodes in order of construction and puts each into the earliest fused kernel that can hold it.
struct Planner {
    static let sourceRegisters = 20

    enum Slot {
        case elementwise(ElementwiseBuilder)
        case single(Int)
    }

    /// A copy of the graph's nodes; planning adds nodes only here.
    let graph: NodeTable
    /// The constant 0, for the borders of padded tensors.
    let zero: Int
    let outputs: [(name: String, node: Int, shape: Shape)]
    let updates: [(parameter: Int, name: String, value: Int)]
    let itemLimit: Int
    /// Minimum element count of a tensor that may be rematerialized.
    let recomputedFrom: Int
    var slots: [Slot] = []
    /// The last slot that writes a node's memory or registers; sources have none.
    var home: [Int: Int] = [:]
    /// Values that a slot recomputes instead of reading them.
    var copies: [Int: Set<Int>] = [:]
    private var recent: [Int: Int] = [:]
    /// Number of live nodes that read each node's value.
    private var readers: [Int: Int] = [:]
    /// Elementwise nodes with one reader and no operand in registers: deferred until their reader's kernel is chosen.
    private var waiting: Set<Int> = []
    /// For each view of an input of a checkpointed segment, the recomputation that reads it.
    let recomputation: [Int: Int]
    /// For each recomputation, the first slot that may belong to it: it starts when the gradients before it are computed, not when its inputs are.
    private var barriers: [Int: Int] = [:]
    var plan = Plan.empty

    var nodes: [Graph.Node] { graph.nodes }

    init(_ nodes: NodeTable, outputs: [(String, Tensor)], updates: [(parameter: Tensor, value: Tensor)], itemLimit: Int, recomputedFrom: Int = 1 << 14)
        throws(PlanError) {
        var nodes = nodes
        self.itemLimit = itemLimit
        self.recomputedFrom = recomputedFrom
        var taken: Set<Int> = []
        var resolvedUpdates: [(Int, String, Int)] = []
        for (parameter, value) in updates {
            guard case .parameter(let name) = nodes.nodes[parameter.id].operation else {
                throw .updateOfNonParameter("\(nodes.nodes[parameter.id].operation)")
            }
            guard parameter.shape == value.shape else {
                throw .updateShape(parameter: name, expected: parameter.shape, actual: value.shape)
            }
            guard !resolvedUpdates.contains(where: { $0.0 == parameter.id }) else { throw .updatedTwice(name) }
            let node = Self.elementwiseRoot(&nodes, value.id, avoiding: taken)
            taken.insert(node)
            resolvedUpdates.append((parameter.id, name, node))
        }
        var resolvedOutputs: [(String, Int, Shape)] = []
        for (name, tensor) in outputs {
            resolvedOutputs.append((name, Self.elementwiseRoot(&nodes, tensor.id, avoiding: taken), tensor.shape))
        }
        self.updates = resolvedUpdates
        self.outputs = resolvedOutputs
        zero = nodes.add(.constant(0), [], .scalar)
        self.graph = nodes
        recomputation = Self.recomputations(nodes)
    }

    private static func recomputations(_ graph: NodeTable) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for (id, node) in graph.nodes.enumerated() where node.operation.isView {
            if case .recalled(let number) = node.operation { found[id] = number } else if let number = found[node.operands[0]] { found[id] = number }
        }
        return found
    }

    /// An elementwise node that owns the memory of this value; a copy is added where necessary.
    private static func elementwiseRoot(_ graph: inout NodeTable, _ id: Int, avoiding taken: Set<Int>) -> Int {
        let base = graph.nodes[id].base
        if case .elementwise = graph.nodes[base].operation, isIdentity(graph, id), !taken.contains(base) { return base }
        var copy = graph.add(.elementwise(.copy), [id], graph.nodes[id].shape)
        while taken.contains(copy) { copy = graph.add(.elementwise(.copy), [copy], graph.nodes[copy].shape) }
        return copy
    }

    /// Whether a node's linear index equals its address in the base.
    static func isIdentity(_ graph: NodeTable, _ id: Int) -> Bool {
        let node = graph.nodes[id]
        return node.view.isDense && node.view.offset == 0 && node.shape.count == graph.nodes[node.base].shape.count
    }

    func isIdentity(_ id: Int) -> Bool { Self.isIdentity(graph, id) }

    /// - Returns: false if a fused kernel needs too many registers; the caller then retries with smaller kernels
    mutating func build() -> Bool {
        let live = liveNodes()
        for id in live {
            for operand in nodes[id].operands { readers[nodes[operand].base, default: 0] += 1 }
        }
        for root in outputs.map(\.node) + updates.map(\.value) { readers[root, default: 0] += 2 }  // never deferred
        for id in live { assign(id) }
        recomputeCheapValues()
        hastenUpdates()
        return emit()
    }

    // MARK: Which nodes, in which kernel

    private func liveNodes() -> [Int] {
        var live = [Bool](repeating: false, count: nodes.count)
        for root in outputs.map(\.node) + updates.map(\.value) { live[root] = true }
        for id in nodes.indices.reversed() where live[id] {
            let node = nodes[id]
            if node.operation.isView {
                live[node.base] = true
            } else {
                for operand in node.operands { live[nodes[operand].base] = true }
            }
        }
        return nodes.indices.filter { live[$0] && !nodes[$0].operation.isView }
    }

    private mutating func assign(_ id: Int) {
        let node = nodes[id]
        for number in node.operands.compactMap({ recomputation[$0] }) where barriers[number] == nil { barriers[number] = slots.count }
        switch node.operation {
        case .elementwise, .reduce: settle(node.operands, before: nodes[node.operands[0]].shape.count)
        default: settle(node.operands, before: nil)
        }
        if case .elementwise = node.operation, readers[id] == 1, !meetsAnOperand(id) {
            waiting.insert(id)
            return
        }
        switch node.operation {
        case .input, .parameter, .constant, .table: break
        case .elementwise:
            let slot = chooseSlot(count: node.shape.count, operands: node.operands)
            append(.node(id), to: slot, reading: node.operands)
            home[id] = slot
        case .reduce:
            let x = nodes[node.operands[0]].shape
            let geometry = (outer: x[0], rows: x[1], inner: x[2])
            let slot = chooseSlot(count: x.count, operands: node.operands, geometry: geometry)
            append(.fold(id), to: slot, reading: node.operands, geometry: geometry)
            home[id] = slot
        case .concatenate(let axis):
            var start = 0
            for operand in node.operands {
                var offsets = [Int](repeating: 0, count: node.shape.rank)
                offsets[axis] = start
                start += nodes[operand].shape[axis]
                store(operand, into: id, at: offsets, after: 0)
            }
        case .pad(let before):
            let clear = chooseSlot(count: node.shape.count, operands: [])
            append(.clear(id), to: clear, reading: [zero])
            store(node.operands[0], into: id, at: before, after: clear + 1)
        case .random, .product, .convolution, .convolutionInputGradient, .convolutionWeightGradient, .gatherRows, .scatterRows, .matrix:
            slots.append(.single(id))
            home[id] = slots.count - 1
        case .reshape, .broadcast, .permute, .slice, .stopGradient, .overrideGradient, .checkpoint, .recalled:
            preconditionFailure("a view needs no kernel")
        }
    }

    /// Whether an operand is deferred or in registers of a kernel that can also hold this node.
    private func meetsAnOperand(_ id: Int) -> Bool {
        let (count, operands) = (nodes[id].shape.count, nodes[id].operands)
        if operands.contains(where: { waiting.contains(nodes[$0].base) && joins($0, count: count) }) { return true }
        let (candidates, earliest) = kernels(with: operands, count: count)
        return candidates.contains { $0 >= earliest && fits($0, count, nil) }
    }

    /// Whether a kernel over `count` elements could hold this operand in a register.
    private func joins(_ operand: Int, count: Int) -> Bool {
        let base = nodes[operand].base
        guard case .elementwise = nodes[base].operation else { return false }
        return isIdentity(operand) && nodes[operand].shape.count == count && (home[base] != nil || waiting.contains(base))
    }

    /// Assigns deferred operands to kernels, except those that can move into their reader's kernel over `count` elements.
    private mutating func settle(_ operands: [Int], before count: Int?) {
        for operand in operands where waiting.contains(nodes[operand].base) {
            if let count, joins(operand, count: count) { continue }
            place(nodes[operand].base)
        }
    }

    private mutating func place(_ id: Int) {
        waiting.remove(id)
        let slot = chooseSlot(count: nodes[id].shape.count, operands: nodes[id].operands)
        append(.node(id), to: slot, reading: nodes[id].operands)
        home[id] = slot
    }

    private mutating func store(_ operand: Int, into target: Int, at offsets: [Int], after: Int) {
        let strides = nodes[target].shape.contiguousStrides
        let view = View(offset: zip(offsets, strides).map { $0 * $1 }.reduce(0, +), extents: nodes[operand].shape.extents, strides: strides)
        let slot = chooseSlot(count: nodes[operand].shape.count, operands: [operand], earliest: after)
        append(.store(value: operand, into: target, view), to: slot, reading: [operand])
        home[target] = Swift.max(home[target] ?? 0, slot)
    }

    private mutating func append(_ item: ElementwiseBuilder.Item, to slot: Int, reading operands: [Int], geometry: (Int, Int, Int)? = nil) {
        guard case .elementwise(var builder) = slots[slot] else { preconditionFailure("slot \(slot) is not elementwise") }
        builder.items.append(item)
        builder.bases.formUnion(operands.map { nodes[$0].base })
        if let geometry { builder.geometry = geometry }
        slots[slot] = .elementwise(builder)
    }

    /// The earliest kernel over `count` elements that holds an operand in registers or reads the same memory, else a new kernel at the end.
    private mutating func chooseSlot(count: Int, operands: [Int], geometry: (outer: Int, rows: Int, inner: Int)? = nil, earliest: Int = 0) -> Int {
        // Deferred operands move along, and what they read counts as read here.
        let arriving = Set(operands.map { nodes[$0].base }).intersection(waiting).sorted()
        let operands = operands.filter { !arriving.contains(nodes[$0].base) } + arriving.flatMap { nodes[$0].operands }
        var (candidates, ready) = kernels(with: operands, count: count)
        let earliest = Swift.max(earliest, ready)
        if let last = recent[count], case .elementwise(let builder) = slots[last],
            operands.contains(where: { nodes[$0].shape.count > 1 && builder.bases.contains(nodes[$0].base) }) {
            candidates.append(last)
        }
        let chosen: Int
        if let slot = candidates.first(where: { $0 >= earliest && fits($0, count, geometry) }) {
            chosen = slot
        } else {
            slots.append(.elementwise(ElementwiseBuilder(count: count)))
            recent[count] = slots.count - 1
            chosen = slots.count - 1
        }
        for id in arriving {
            waiting.remove(id)
            append(.node(id), to: chosen, reading: nodes[id].operands)
            home[id] = chosen
        }
        return chosen
    }

    /// The kernels over `count` elements that hold an operand in registers, and the first slot at which all operands are available.
    private func kernels(with operands: [Int], count: Int) -> (slots: [Int], earliest: Int) {
        var found: (slots: [Int], earliest: Int) = ([], 0)
        for operand in operands {
            if let number = recomputation[operand] { found.earliest = Swift.max(found.earliest, barriers[number] ?? slots.count) }
            guard let slot = home[nodes[operand].base] else { continue }
            let joins = inRegister(operand, slot: slot, count: count)
            if joins { found.slots.append(slot) }
            found.earliest = Swift.max(found.earliest, joins ? slot : slot + 1)
        }
        return found
    }

    func inRegister(_ operand: Int, slot: Int, count: Int) -> Bool {
        let base = nodes[operand].base
        guard case .elementwise = nodes[base].operation, home[base] == slot || copies[slot]?.contains(base) == true, isIdentity(operand),
            case .elementwise(let builder) = slots[slot]
        else { return false }
        return builder.count == count
    }

    private func fits(_ slot: Int, _ count: Int, _ geometry: (outer: Int, rows: Int, inner: Int)?) -> Bool {
        guard case .elementwise(let builder) = slots[slot], builder.count == count, builder.items.count < itemLimit else { return false }
        guard let geometry, let own = builder.geometry else { return true }
        return own == geometry
    }
}

extension Plan {
    static let empty = Plan()
    private init() {}
}
