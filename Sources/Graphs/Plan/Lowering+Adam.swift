extension AdamKernel {
    /// Matches a program that consists of Adam updates only; nil for any other program.
    init?(_ program: FusedProgram) {
        guard !program.sinks.isEmpty, program.sinks.count.isMultiple(of: 3), program.folds.isEmpty, program.count > 1 else { return nil }
        let expressions = Expressions(program)
        count = program.count
        updates = program.sinks.compactMap { expressions.update(storedFrom: $0.register) }
        guard updates.count == program.sinks.count / 3, updates.reduce(0, { $0 + $1.functions }) == program.instructions.count else { return nil }
        // Updates run one after the other, so none may read what an earlier one has written.
        for (index, update) in updates.enumerated() {
            let written = Set(updates[..<index].flatMap(\.written).map(\.buffer))
            if update.read.contains(where: { written.contains($0.buffer) }) { return nil }
        }
    }
}

/// A program as expression trees: a value is a source or a function of values.
private struct Expressions {
    private indirect enum Value {
        case source(Int)
        case function(Int, ElementwiseFunction, [Value])

        /// Identifies the value: a negative number for a source, an index for an instruction.
        var identity: Int {
            switch self {
            case .source(let index): -1 - index
            case .function(let index, _, _): index
            }
        }

        /// The operands, if the value is an application of this function.
        func operands(_ function: ElementwiseFunction) -> [Value]? {
            if case .function(_, function, let operands) = self { operands } else { nil }
        }
    }

    private let program: FusedProgram
    private let views: [RepeatedView]
    /// The value in each register at the end of the program.
    private var values: [Int: Value] = [:]

    init(_ program: FusedProgram) {
        self.program = program
        views = program.sources.map { RepeatedView($0.view) }
        for (index, source) in program.sources.enumerated() { values[source.register] = .source(index) }
        for (index, instruction) in program.instructions.enumerated() {
            values[instruction.destination] = .function(index, instruction.function, instruction.operands.map { values[$0]! })
        }
    }

    /// The memory of a value that is a contiguous tensor over the whole domain.
    private func tensor(_ value: Value) -> Place? {
        guard case .source(let index) = value, views[index].isWhole(program.count) else { return nil }
        return Place(buffer: program.sources[index].buffer, offset: views[index].view.offset)
    }

    private func number(_ value: Value) -> Place? {
        guard case .source(let index) = value, views[index].isSingle(program.count) else { return nil }
        return Place(buffer: program.sources[index].buffer, offset: views[index].view.offset)
    }

    private func place(ofStored value: Value) -> Place? {
        for sink in program.sinks where values[sink.register]!.identity == value.identity {
            let view = RepeatedView(sink.view)
            if view.isWhole(program.count) { return Place(buffer: sink.buffer, offset: view.view.offset) }
        }
        return nil
    }

    /// Matches memory * decay + term * share; share is nil if it is 1.
    private func average(_ value: Value) -> (memory: Place, decay: Place, term: Value, share: Place?)? {
        guard let sum = value.operands(.add), let kept = sum[0].operands(.multiply), let memory = tensor(kept[0]), let decay = number(kept[1]) else { return nil }
        guard let added = sum[1].operands(.multiply) else { return (memory, decay, sum[1], nil) }
        guard let share = number(added[1]) else { return nil }
        return (memory, decay, added[0], share)
    }

    /// Strips minimum(maximum(value, low), high) and returns its bounds.
    private func unclipped(_ value: Value) -> (value: Value, low: Place?, high: Place?) {
        guard let above = value.operands(.minimum), let below = above[0].operands(.maximum), let high = number(above[1]), let low = number(below[1]) else {
            return (value, nil, nil)
        }
        return (below[0], low, high)
    }

    /// The update whose new parameter is in this register.
    func update(storedFrom register: Int) -> AdamKernel.Update? {
        let stored = values[register]!
        let (value, low, high) = unclipped(stored)
        // parameter - (rate * m) / (sqrt(v) + epsilon)
        guard let difference = value.operands(.subtract), let parameter = tensor(difference[0]), let quotient = difference[1].operands(.divide),
            let length = quotient[0].operands(.multiply), let rate = number(length[0]), let sum = quotient[1].operands(.add),
            let epsilon = number(sum[1]), let root = sum[0].operands(.squareRoot)
        else { return nil }
        guard let first = average(length[1]), let second = average(root[0]), let share2 = second.share, let square = second.term.operands(.square),
            square[0].identity == first.term.identity, let gradient = tensor(first.term), let newParameter = place(ofStored: stored),
            let newM = place(ofStored: length[1]), let newV = place(ofStored: root[0])
        else { return nil }
        return AdamKernel.Update(
            parameter: parameter, m: first.memory, v: second.memory, gradient: gradient, beta1: first.decay, beta2: second.decay, share2: share2,
            rate: rate, epsilon: epsilon, share1: first.share, low: low, high: high, newParameter: newParameter, newM: newM, newV: newV)
    }
}
