/// Lowers a fused program: hoists values that are the same for every element, recognizes Adam updates and leaky rectifiers, and forms segments
/// of steps that pass values in registers. Operations and their order per element are unchanged, so results are bit-identical.
struct Lowering {
    typealias Step = ElementwiseKernel.Step

    /// Maximum number of hoisted values; each occupies a tile.
    private static let constants = 32

    let program: FusedProgram
    private(set) var once: [Step] = []
    var steps: [Step] = []
    /// The slot that currently holds each register's value.
    private var slot: [Int]
    /// Whether a register's value is the same for every element, and whether arithmetic produced it.
    private var isConstant: [Bool]
    private var isComputed: [Bool]
    let views: [RepeatedView]

    private init(_ program: FusedProgram) {
        self.program = program
        views = program.sources.map { RepeatedView($0.view) }
        slot = [Int](repeating: 0, count: FusedProgram.registers)
        isConstant = [Bool](repeating: false, count: FusedProgram.registers)
        isComputed = isConstant
        for (index, source) in program.sources.enumerated() {
            slot[source.register] = index
            isConstant[source.register] = views[index].isSingle(program.count)
        }
        for instruction in program.instructions { read(instruction) }
    }

    static func kernel(_ program: FusedProgram) -> Kernel {
        if let adam = AdamKernel(program) { return .adam(adam) }
        var lowering = Lowering(program)
        lowering.rectify()
        return .elementwise(lowering.finished())
    }

    /// Slots are numbered as sources, then registers, then hoisted values, and renumbered without gaps at the end.
    private var firstConstant: Int { program.sources.count + FusedProgram.registers }

    private mutating func read(_ instruction: FusedProgram.Instruction) {
        let (operands, to) = (instruction.operands, instruction.destination)
        let constant = once.count < Self.constants && operands.allSatisfy { isConstant[$0] }
        let destination = constant ? firstConstant + once.count : program.sources.count + to
        let step = Step(function: .function(instruction.function), destination: destination, operands: operands.map { slot[$0] })
        if constant { once.append(step) } else { steps.append(step) }
        isComputed[to] = instruction.function != .copy || isComputed[operands[0]]
        isConstant[to] = constant
        slot[to] = destination
    }

    /// Whether a slot holds the same value for every element.
    func isConstant(slot: Int) -> Bool {
        slot < views.count ? views[slot].isSingle(program.count) : slot >= firstConstant
    }

    var storedSlots: [Int] { program.sinks.map { slot[$0.register] } }
    var foldedSlots: [Int] { program.folds.map { slot[$0.register] } }

    private func finished() -> ElementwiseKernel {
        let segments = joined()
        let written = Set((once + segments.flatMap { $0 }).map(\.destination)).sorted()
        var place = Dictionary(uniqueKeysWithValues: written.enumerated().map { ($1, views.count + $0) })
        for source in views.indices { place[source] = source }
        func renumbered(_ step: Step) -> Step {
            var step = step
            step.destination = place[step.destination]!
            step.operands = step.operands.map { place[$0]! }
            return step
        }
        return ElementwiseKernel(
            count: program.count, slots: views.count + written.count,
            sources: zip(program.sources, views).map { .init(buffer: $0.buffer, view: $1) }, once: once.map(renumbered),
            segments: segments.map { $0.map(renumbered) },
            sinks: program.sinks.map {
                .init(slot: place[slot[$0.register]]!, buffer: $0.buffer, view: RepeatedView($0.view), isComputed: isComputed[$0.register])
            },
            folds: program.folds.map { .init(kind: $0.kind, slot: place[slot[$0.register]]!, result: $0.result, partial: $0.partial) },
            outer: program.outer, rows: program.rows, inner: program.inner)
    }
}
