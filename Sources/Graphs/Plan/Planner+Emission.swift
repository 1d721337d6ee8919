extension Planner {
    /// The memory accesses of all kernels, determined before memory is laid out.
    private struct Traffic {
        /// First and last slot that accesses each base in memory.
        var first: [Int: Int] = [:]
        var last: [Int: Int] = [:]
        /// For each parameter, the slots that read it, and whether they read it elementwise by linear index.
        var parameterReaders: [Int: [(slot: Int, identity: Bool)]] = [:]
        var inMemory: Set<Int> = []

        mutating func write(_ base: Int, _ slot: Int) {
            first[base] = Swift.min(first[base] ?? slot, slot)
            last[base] = Swift.max(last[base] ?? slot, slot)
        }

        mutating func read(_ base: Int, _ slot: Int, identity: Bool, isParameter: Bool) {
            inMemory.insert(base)
            last[base] = Swift.max(last[base] ?? slot, slot)
            if isParameter { parameterReaders[base, default: []].append((slot, identity)) }
        }
    }

    func operands(of item: ElementwiseBuilder.Item) -> [Int] {
        switch item {
        case .node(let id), .fold(let id): nodes[id].operands
        case .store(let value, _, _): [value]
        case .clear: [zero]
        }
    }

    private func traffic() -> Traffic {
        var traffic = Traffic()
        func read(_ operand: Int, _ slot: Int, identity: Bool) {
            let base = nodes[operand].base
            var isParameter = false
            if case .parameter = nodes[base].operation { isParameter = true }
            traffic.read(base, slot, identity: identity, isParameter: isParameter)
        }
        for (index, slot) in slots.enumerated() {
            switch slot {
            case .single(let id):
                traffic.write(id, index)
                traffic.inMemory.insert(id)
                for operand in nodes[id].operands { read(operand, index, identity: false) }
            case .elementwise(let builder):
                for item in builder.items {
                    for operand in operands(of: item) where !inRegister(operand, slot: index, count: builder.count) {
                        read(operand, index, identity: isIdentity(operand))
                    }
                    switch item {
                    case .node(let id): if home[id] == index { traffic.write(id, index) }
                    case .fold(let id), .store(_, let id, _), .clear(let id):
                        traffic.write(id, index)
                        traffic.inMemory.insert(id)
                    }
                }
            }
        }
        for root in outputs.map(\.node) + updates.map(\.value) { traffic.inMemory.insert(root) }
        return traffic
    }

    mutating func emit() -> Bool {
        let traffic = traffic()
        var result = Plan.empty
        var bufferOf: [Int: Int] = [:]
        func buffer(_ count: Int, _ storage: Plan.Storage) -> Int {
            result.buffers.append(Plan.Buffer(count: count, storage: storage))
            return result.buffers.count - 1
        }
        // Parameters are updated in place unless a later kernel still reads the old value.
        var deferred: [(value: Int, parameter: Int)] = []
        for base in traffic.inMemory.sorted() {
            if case .parameter(let name) = nodes[base].operation {
                bufferOf[base] = buffer(nodes[base].shape.count, .parameter(name))
                result.parameters.append((name, nodes[base].shape))
            }
        }
        for update in updates {
            if bufferOf[update.parameter] == nil {
                bufferOf[update.parameter] = buffer(nodes[update.parameter].shape.count, .parameter(update.name))
                result.parameters.append((update.name, nodes[update.parameter].shape))
            }
            result.updated.append(update.name)
            let slot = home[update.value]!
            let safe = (traffic.parameterReaders[update.parameter] ?? []).allSatisfy { $0.slot < slot || ($0.slot == slot && $0.identity) }
            if safe { bufferOf[update.value] = bufferOf[update.parameter] } else { deferred.append((update.value, update.parameter)) }
        }
        for output in outputs {
            if bufferOf[output.node] == nil { bufferOf[output.node] = buffer(nodes[output.node].shape.count, .output(output.name)) }
            result.outputs.append((output.name, output.shape))
            result.outputBuffers.append(bufferOf[output.node]!)
        }
        for (id, node) in nodes.enumerated() {
            if case .input(let name) = node.operation, !traffic.inMemory.contains(id) { result.unusedInputs.append((name, node.shape)) }
        }
        let end = slots.count + deferred.count
        var requests: [BufferLayout.Request] = []
        for base in traffic.inMemory.sorted() where bufferOf[base] == nil {
            let node = nodes[base]
            switch node.operation {
            case .input(let name):
                bufferOf[base] = buffer(node.shape.count, .input(name))
                result.inputs.append((name, node.shape))
            case .constant(let value):
                bufferOf[base] = buffer(1, .constants(offset: result.constants.count))
                result.constants += [value] + [Float](repeating: 0, count: BufferLayout.alignment - 1)
            case .table(let index):
                bufferOf[base] = buffer(node.shape.count, .constants(offset: result.constants.count))
                result.constants += graph.tables[index]
                while result.constants.count % BufferLayout.alignment != 0 { result.constants.append(0) }
            default:
                bufferOf[base] = buffer(node.shape.count, .arena(offset: 0))
                let last = deferred.contains { $0.value == base } ? end : traffic.last[base]!
                requests.append(.init(buffer: bufferOf[base]!, count: node.shape.count, first: traffic.first[base]!, last: last))
            }
        }
        for (index, slot) in slots.enumerated() {
            switch slot {
            case .single(let id): result.kernels.append(single(id, bufferOf))
            case .elementwise(let builder):
                guard builder.count > 0 || builder.geometry != nil else { continue }
                guard var program = program(builder, slot: index, bufferOf, traffic.inMemory) else { return false }
                if program.rows > 1024 {
                    let chunks = (program.rows + 1023) / 1024
                    for fold in program.folds.indices {
                        let partial = buffer(program.outer * chunks * program.inner, .arena(offset: 0))
                        program.folds[fold].partial = partial
                        requests.append(.init(buffer: partial, count: result.buffers[partial].count, first: index, last: index))
                    }
                }
                result.kernels.append(Lowering.kernel(program))
            }
        }
        for (value, parameter) in deferred {
            let count = nodes[parameter].shape.count
            let view = View(offset: 0, extents: [count], strides: [1])
            result.kernels.append(Lowering.kernel(FusedProgram(
                count: count, sources: [.init(register: 0, buffer: bufferOf[value]!, view: view)],
                sinks: [.init(register: 0, buffer: bufferOf[parameter]!, view: view)])))
        }
        let layout = BufferLayout.place(requests)
        for (buffer, offset) in layout.offsets { result.buffers[buffer].storage = .arena(offset: offset) }
        result.arenaCount = layout.total
        plan = result
        return true
    }

    private func place(_ operand: Int, _ bufferOf: [Int: Int]) -> Place {
        Place(buffer: bufferOf[nodes[operand].base]!, offset: nodes[operand].view.offset)
    }

    private func single(_ id: Int, _ bufferOf: [Int: Int]) -> Kernel {
        let node = nodes[id]
        func place(_ i: Int) -> Place { self.place(node.operands[i], bufferOf) }
        func shape(_ i: Int) -> Shape { nodes[node.operands[i]].shape }
        let result = bufferOf[id]!
        switch node.operation {
        case .random(let source):
            return .random(source, buffer: result, count: node.shape.count)
        case .product(let transposeA, let transposeB):
            let k = transposeA ? shape(0)[0] : shape(0)[1]
            return .product(ProductKernel(
                form: .matrix(m: node.shape[0], n: node.shape[1], k: k, transposeA: transposeA, transposeB: transposeB),
                a: place(0), b: place(1), result: result))
        case .convolution(let geometry):
            return .product(ProductKernel(
                form: .convolution(geometry, images: node.shape[0], inChannels: shape(0)[3], outChannels: node.shape[3]),
                a: place(0), b: place(1), result: result))
        case .convolutionInputGradient(let geometry):
            return .product(ProductKernel(
                form: .inputGradient(geometry, images: node.shape[0], inChannels: node.shape[3], outChannels: shape(0)[3]),
                a: place(0), b: place(1), result: result))
        case .convolutionWeightGradient(let geometry):
            return .product(ProductKernel(
                form: .weightGradient(geometry, images: shape(0)[0], inChannels: shape(0)[3], outChannels: shape(1)[3]),
                a: place(0), b: place(1), result: result))
        case .gatherRows:
            return .gatherRows(table: place(0), indices: place(1), result: result, rows: node.shape[0], width: node.shape[1], count: shape(0)[0])
        case .scatterRows(let count):
            return .scatterRows(values: place(0), indices: place(1), result: result, rows: shape(0)[0], width: node.shape[1], count: count)
        case .matrix(let function):
            return .matrix(function, place(0), result: result, size: shape(0)[0])
        default:
            preconditionFailure("\(node.operation) has no kernel of its own")
        }
    }

    /// Allocates registers for a fused kernel; nil if there are too few.
    private func program(_ builder: ElementwiseBuilder, slot: Int, _ bufferOf: [Int: Int], _ inMemory: Set<Int>) -> FusedProgram? {
        struct SourceKey: Hashable {
            var base: Int
            var view: View
        }
        var program = FusedProgram(count: builder.count)
        if let geometry = builder.geometry { (program.outer, program.rows, program.inner) = geometry }
        // Each source keeps a register for the whole program.
        var sources: [SourceKey: Int] = [:]
        var lastUse: [Int: Int] = [:]
        for (index, item) in builder.items.enumerated() {
            for operand in operands(of: item) {
                let base = nodes[operand].base
                if inRegister(operand, slot: slot, count: builder.count) {
                    lastUse[base] = Swift.max(lastUse[base] ?? 0, index)
                    if case .fold = item { lastUse[base] = .max }
                    if case .store = item { lastUse[base] = .max }
                } else {
                    let key = SourceKey(base: base, view: sourceView(operand, count: builder.count))
                    if sources[key] == nil {
                        sources[key] = program.sources.count
                        program.sources.append(.init(register: program.sources.count, buffer: bufferOf[base]!, view: key.view))
                    }
                }
            }
        }
        guard program.sources.count <= Self.sourceRegisters else { return nil }
        var free = Array((program.sources.count..<FusedProgram.registers).reversed())
        var registerOf: [Int: Int] = [:]
        func register(_ operand: Int) -> Int {
            let base = nodes[operand].base
            if inRegister(operand, slot: slot, count: builder.count) { return registerOf[base]! }
            return sources[SourceKey(base: base, view: sourceView(operand, count: builder.count))]!
        }
        let whole = View(offset: 0, extents: [builder.count], strides: [1])
        for (index, item) in builder.items.enumerated() {
            switch item {
            case .node(let id):
                guard case .elementwise(let function) = nodes[id].operation else { preconditionFailure("not elementwise") }
                let isStored = inMemory.contains(id) && home[id] == slot
                let inputs = nodes[id].operands.map(register)
                if function == .copy, !inRegister(nodes[id].operands[0], slot: slot, count: builder.count) {
                    registerOf[id] = inputs[0]  // the source itself
                } else {
                    for operand in Set(nodes[id].operands.map { nodes[$0].base }).sorted() where lastUse[operand] == index {
                        let isStored = inMemory.contains(operand) && home[operand] == slot
                        if let register = registerOf[operand], register >= program.sources.count, !isStored { free.append(register) }
                    }
                    guard let destination = free.popLast() else { return nil }
                    program.instructions.append(.init(function: function, destination: destination, operands: inputs))
                    registerOf[id] = destination
                }
                if isStored { program.sinks.append(.init(register: registerOf[id]!, buffer: bufferOf[id]!, view: whole)) }
            case .fold(let id):
                guard case .reduce(let kind) = nodes[id].operation else { preconditionFailure("not a reduction") }
                program.folds.append(.init(kind: kind, register: register(nodes[id].operands[0]), result: bufferOf[id]!))
            case .store(let value, let target, let view):
                program.sinks.append(.init(register: register(value), buffer: bufferOf[target]!, view: view.merged))
            case .clear(let target):
                program.sinks.append(.init(register: register(zero), buffer: bufferOf[target]!, view: whole))
            }
        }
        return program
    }

    /// The view of a source over the kernel's whole domain; a scalar is repeated.
    private func sourceView(_ operand: Int, count: Int) -> View {
        let node = nodes[operand]
        if node.shape.count == 1, count != 1 { return View(offset: node.view.offset, extents: [count], strides: [0]) }
        return node.view.merged
    }
}
